import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, test } from "node:test";

import { Browser, decide, exchange } from "./browser.js";
import { fails } from "./failures.js";
import { World } from "./world.js";

const PROFILE = { method: "GET", url: "account/verify_credentials.json" };
const SERVICE = "/oauth1d.gateway.v1.GatewayService";

let world: World;
let alice: Browser;
before(async () => {
  world = await World.start();
  alice = world.browser();
  await alice.logIn();
});
after(async () => { await world.stop(); });

for (const wire of ["connect", "grpc-web"] as const) {
  test(`a call from another origin is refused, cookie and csrf token or not, over ${wire}`, async () => {
    const before = (await world.seen()).length;
    const elsewhere: Record<string, string>[] = [
      { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
      { origin: "https://evil.example", "sec-fetch-site": "" },
      { origin: "null", "sec-fetch-site": "" },
      { origin: world.origin.replace("http:", "https:") },
      { origin: `${world.origin}.evil.example`, "sec-fetch-site": "" },
      { origin: world.origin.replace(/:\d+$/, ":1"), "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "same-site" },
      { origin: "", "sec-fetch-site": "none" },
      { origin: "", "sec-fetch-site": "" },
    ];
    for (const headers of elsewhere) {
      const page = alice.client(wire, headers);
      for (const call of [page.getSession({}), page.call({ provider: "twitter", call: PROFILE }), page.logOut({})]) {
        await fails(call, "PermissionDenied", "CALLER_NOT_ALLOWED", "no");
      }
    }
    assert.equal((await world.seen()).length, before);
    assert.equal((await alice.client(wire, { origin: "" }).getSession({})).logins.length, 1); // Sec-Fetch-Site suffices
  });

  test(`without the session's csrf token nothing is called and nobody is logged out, over ${wire}`, async () => {
    const bob = world.browser();
    await bob.logIn("bob");
    const before = (await world.seen()).length;
    for (const token of ["", "x", `${alice.csrf}x`, alice.csrf.slice(1), bob.csrf]) {
      const page = alice.client(wire, { "x-oauth1d-csrf": token });
      await fails(page.call({ provider: "twitter", call: PROFILE }), "PermissionDenied", "CALLER_NOT_ALLOWED", "no");
      await fails(page.logOut({}), "PermissionDenied", "CALLER_NOT_ALLOWED", "no");
    }
    assert.equal((await world.seen()).length, before);
    assert.equal((await alice.session()).logins.length, 1);
  });
}

test("a name that resolves to us is another host: nothing is served", async () => {
  const { port } = new URL(world.origin);
  for (const host of ["evil.example", `evil.example:${port}`, "127.0.0.1", `localhost:${port}`, `127.0.0.1:${port}.`]) {
    for (const path of ["/", "/page.js", "/login/twitter", "/auth/twitter", `${SERVICE}/GetSession`]) {
      const answer = await alice.get(path, { host });
      assert.ok(answer.status === 421 || answer.status === 400, `${host} ${path}: ${answer.status}`);
    }
  }
  const [host, end] = [`Host: 127.0.0.1:${port}\r\n`, "Connection: close\r\n\r\n"];
  const twice = await raw(`GET / HTTP/1.1\r\n${host}Host: evil.example\r\n${end}`);
  assert.match(twice, /^HTTP\/1.1 4\d\d /);
  const none = await raw(`GET / HTTP/1.1\r\nHost:\r\n${end}`);
  assert.match(none, /^HTTP\/1.1 4\d\d /);
  const absolute = await raw(`GET http://evil.example/ HTTP/1.1\r\n${host}${end}`);
  assert.match(absolute, /^HTTP\/1.1 421 /);
});

test("the service takes only POST, and no plain gRPC; a preflight gets no permission", async () => {
  const query = "?encoding=json&message=%7B%7D&connect=v1";
  for (const method of ["GET", "HEAD", "PUT", "OPTIONS"]) {
    const answer = await alice.send(method, `${SERVICE}/GetSession${query}`, { origin: "https://evil.example" });
    assert.equal(answer.status, 405);
    assert.equal(answer.headers["access-control-allow-origin"], undefined);
  }
  const grpc = await alice.send("POST", `${SERVICE}/GetSession`, {
    origin: world.origin, "content-type": "application/grpc+proto" }, new Uint8Array(5));
  assert.equal(grpc.status, 415);
  for (const type of ["text/plain", "application/x-www-form-urlencoded"]) {
    const form = await alice.send("POST", `${SERVICE}/LogOut`, { origin: world.origin, "content-type": type }, "{}");
    assert.equal(form.status, 415);
  }
});

test("the service behind the gateway cannot be called through the page's origin", async () => {
  const answer = await alice.send("POST", "/oauth1d.v1.OAuth1Service/ListProviders", {
    origin: world.origin, "content-type": "application/json" }, "{}");
  assert.ok(answer.status === 404 || answer.status === 405, String(answer.status));
});

test("other spellings of a path, other methods and other headers are not sent", async () => {
  const before = (await world.seen()).length;
  const page = alice.client();
  const base = `${world.sandboxUrl}/1.1/`;
  const spellings = [
    "", "/", "?a=b", ".", "..", "/1.1/account/verify_credentials.json", "//127.0.0.1/1.1/echo", "statuses/home.json",
    "account/../account/verify_credentials.json", "account/./verify_credentials.json",
    "account//verify_credentials.json",
    "account/%2e%2e/account/verify_credentials.json", "account/%2E/verify_credentials.json", "x/../echo", "./echo",
    "account\\verify_credentials.json", "account%2Fverify_credentials.json", "account%2fverify_credentials.json",
    "account/verify_credentials.json/", "account/verify_credentials.json#", "account/verify_credentials.json%00",
    "account/verify_credentials%2Ejson", "ACCOUNT/verify_credentials.json", "account/verify_credentials.json;a=b",
    " account/verify_credentials.json", "account/verify_credentials.json ", "account/verify_credentials.json\n",
    "echo/../account/below", "echo/..;/below", "echo/.;x=y/below", "echo/%2e%2e/below", "echo/%252e%252e/below",
    "echo//below", "echo/a%2Fb/below", "echo/a%5Cb/below", "echo/a/b/below", "echo/;/below", "échо/a/below",
    `${base}account/verify_credentials.json`, `http:account/verify_credentials.json`, `HTTP://x/account`,
    "javascript:1",
    `${base.replace("http://", "http://user@")}echo`, "echo%3Fa", "echo%23",
  ];
  for (const url of spellings) {
    const denied = page.call({ provider: "twitter", call: { method: "GET", url } });
    await fails(denied, "PermissionDenied", "DESTINATION_DENIED", "no");
  }
  for (const method of ["POST", "DELETE", "get", "", "GET ", "CONNECT"]) {
    const denied = page.call({ provider: "twitter", call: { method, url: PROFILE.url } });
    await fails(denied, "PermissionDenied", "DESTINATION_DENIED", "no");
  }
  for (const name of ["x-http-method-override", "cookie", "x-forwarded-for", "x-page"]) {
    const headers = [{ name, value: new TextEncoder().encode("DELETE") }];
    const denied = page.call({ provider: "twitter", call: { ...PROFILE, headers } });
    await fails(denied, "PermissionDenied", "DESTINATION_DENIED", "no");
  }
  await fails(page.call({ provider: "unlisted", call: PROFILE }), "PermissionDenied", "DESTINATION_DENIED", "no");
  await fails(page.call({ provider: "twitter" }), "InvalidArgument", "INVALID_REQUEST", "no");
  assert.equal((await world.seen()).length, before);

  const allowed = [
    { method: "GET", url: "account/verify_credentials.json?include_email=true&a=../.." },
    { method: "GET", url: "echo" },
    { method: "POST", url: "echo", headers: [{ name: "X-Page", value: new TextEncoder().encode("1") }] },
  ];
  for (const call of allowed) {
    assert.equal((await page.call({ provider: "twitter", call })).answer?.statusCode, 200);
  }
});

test("an id that somebody planted does not become the id of a login, and the id before it ends", async () => {
  const planted = "P".repeat(43);
  const victim = world.browser();
  victim.cookies.set("oauth1d-session", planted);
  await victim.logIn();
  assert.notEqual(victim.cookies.get("oauth1d-session"), planted);
  const thief = world.browser();
  thief.cookies.set("oauth1d-session", planted);
  assert.equal((await thief.session()).logins.length, 0);

  const before = victim.cookies.get("oauth1d-session") ?? "";
  const oldCsrf = victim.csrf;
  await victim.logIn("bob", "other");
  assert.notEqual(victim.cookies.get("oauth1d-session"), before);
  assert.notEqual(victim.csrf, oldCsrf);
  thief.cookies.set("oauth1d-session", before);
  assert.equal((await thief.session()).logins.length, 0);
});

test("return_to leads nowhere but to a page of this origin", async () => {
  const elsewhere = [
    "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
    "/\n/evil.example",
    "javascript:alert(1)", "evil", "", "/.//evil.example", "/%2e//evil.example", "/..//evil.example", "///evil.example",
    "/a\r\nset-cookie: x=y", "/a\u0000", "/é", "/login/twitter", "/auth/twitter", "/x/../login/twitter",
    `/${"a".repeat(2000)}`, "/ /evil.example",
  ];
  for (const path of elsewhere) {
    const answer = await alice.get(`/login/twitter?return_to=${encodeURIComponent(path)}`);
    assert.equal(answer.status, 400, `${JSON.stringify(path)}: ${answer.headers.location}`);
    assert.equal(answer.headers.location, undefined);
    assert.equal(answer.headers["x"], undefined);
  }
  for (const path of ["/", "/a/b.html?c=//evil.example&d=%0d%0a#e", "/a//evil.example"]) {
    const bob = world.browser();
    assert.ok((await bob.logIn("bob", "twitter", path)).startsWith(`${world.origin}/`));
  }
});

test("nothing of a callback's query gets into a header, and logins are only GET", async () => {
  const bob = world.browser();
  await bob.begin();
  const answer = await bob.get("/auth/twitter?state=%0d%0aset-cookie:%20a=b&oauth_token=%0d%0a&oauth_verifier=%0d%0a");
  assert.deepEqual([answer.status, answer.headers["set-cookie"]], [303, undefined]);
  for (const path of ["/login/twitter", "/auth/twitter?state=x"]) {
    for (const method of ["POST", "HEAD", "PUT"]) {
      assert.equal((await alice.send(method, path, { origin: world.origin })).status, 405);
    }
  }
  const strange = ["/login/", "/login/unlisted", "/login/twitter/", "/login/twitter%2f", "/auth/../login",
    "/login/Twitter"];
  for (const path of strange) {
    assert.equal((await alice.get(path)).status, 404, path);
  }
});

test("files outside of the folder, hidden ones and unknown types are not there", async () => {
  const paths = [
    "/../outside.txt", "/%2e%2e/outside.txt", "/..%2foutside.txt", "/page.js/../../outside.txt", "//outside.txt",
    "/.git/config.txt", "/%2egit/config.txt", "/notes.sqlite", "/page%2ejs", "/page.js%00.txt", "/./page.js",
    "/page.js/",
    "/\\page.js", "/etc/passwd", "/.",
  ];
  for (const path of paths) {
    const answer = await alice.get(path);
    assert.equal(answer.status, 404, path);
    assert.ok(!answer.text.includes("not for browsers"));
  }
  const script = await alice.get("/page.js");
  assert.deepEqual([script.status, script.headers["content-type"]], [200, "text/javascript; charset=utf-8"]);
  assert.equal((await alice.get("/page.js", { "if-none-match": String(script.headers.etag) })).status, 304);
  assert.equal((await alice.send("POST", "/", { origin: world.origin })).status, 405);
});

test("a body that is too big is refused, packed or not, and the gateway lives on", async () => {
  const body = { case: "body" as const, value: new Uint8Array(7 << 20) };
  for (const wire of ["connect", "grpc-web"] as const) {
    const sent = alice.client(wire).call({ provider: "twitter", call: { method: "POST", url: "echo", content: body } });
    await fails(sent, "ResourceExhausted", "");
  }
  const packed = await alice.send("POST", `${SERVICE}/GetSession`, {
    origin: world.origin, "content-type": "application/json", "content-encoding": "gzip" }, new Uint8Array(100));
  assert.ok(packed.status >= 400, String(packed.status));
  const header = await exchange(`${world.origin}/`, "GET", { cookie: "a".repeat(40_000) });
  assert.equal(header.status, 431);
  assert.equal((await alice.session()).logins.length, 1);
});

test("a large body is not even read from strangers and other origins, or for what needs none", async () => {
  const { host } = new URL(world.origin);
  const id = alice.cookies.get("oauth1d-session") ?? "";
  const mine = `Origin: ${world.origin}\r\n`;
  const cookie = `Cookie: oauth1d-session=${id}\r\n`;
  const large = "Content-Length: 6000000\r\n";
  const chunked = "Transfer-Encoding: chunked\r\n";
  const refused: [string, string, number][] = [
    ["Call", `Origin: https://evil.example\r\n${cookie}${large}`, 403],
    ["Call", `${mine}Sec-Fetch-Site: cross-site\r\n${cookie}${large}`, 403],
    ["Call", `${cookie}${large}`, 403],
    ["Call", `${mine}${large}`, 413],
    ["Call", `${mine}${chunked}`, 413],
    ["Call", `${mine}Cookie: oauth1d-session=${"A".repeat(43)}\r\n${large}`, 413],
    ["GetSession", `${mine}${cookie}${large}`, 413],
    ["LogOut", `${mine}${cookie}${chunked}`, 413],
  ];
  for (const [method, headers, status] of refused) {
    // the head alone: an answer before the body
    const answer = await raw(`POST ${SERVICE}/${method} HTTP/1.1\r\nHost: ${host}\r\n${headers}`
      + "Content-Type: application/json\r\n\r\n");
    assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `), `${method} ${headers}`);
    assert.match(answer, /\r\nconnection: close\r\n/i);
  }
  for (const wire of ["connect", "grpc-web"] as const) {
    const content = { case: "body" as const, value: new Uint8Array(1 << 20) };
    const call = { method: "POST", url: "echo", content };
    assert.equal((await alice.client(wire).call({ provider: "twitter", call })).answer?.statusCode, 200);
    assert.equal((await world.browser().client(wire).getSession({})).logins.length, 0);
  }
});

test("a stolen callback that is replayed gives no second session to another browser", async () => {
  const bob = world.browser();
  const callback = await decide(await bob.begin(), "bob");
  assert.equal((await bob.get(callback)).headers.location, `${world.origin}/`);
  const thief = world.browser();
  await thief.begin();
  await thief.get(callback);
  assert.equal((await thief.session()).logins.length, 0);
});

function raw(text: string): Promise<string> {
  const { hostname, port } = new URL(world.origin);
  return new Promise((resolve, reject) => {
    let told = "";
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.on("data", (piece) => { told += piece.toString("latin1"); });
    socket.on("end", () => resolve(told));
    socket.on("error", reject);
  });
}
