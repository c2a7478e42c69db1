import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

import { loadConfig, startGateway, type Gateway } from "oauth1d/gateway";

import { decide, exchange, type Answer } from "./browser.js";
import { CanaryProvider } from "./canary_provider.js";
import { provider, ROOT, startSandbox, startService, type Program } from "./processes.js";

const METHOD = "/oauth1d.v1.OAuth1Service/";
const KEY = "php-key-of-the-test";
const CALLBACK = "http://127.0.0.1:8000";

let folder: string;
let sandbox: { url: string; program: Program };
let service: { address: string; program: Program };
let open: Gateway;
let keyed: Gateway;
let local: Gateway;
let url: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "gateway-calls-"));
  sandbox = await startSandbox();
  service = await startService([provider(sandbox.url, "twitter")], CALLBACK);
  const start = async (name: string, calls: object): Promise<Gateway> => {
    const file = join(folder, `${name}.yaml`);
    await writeFile(file, JSON.stringify({ service: { address: service.address }, calls }));
    return startGateway(loadConfig(file), { log: () => undefined });
  };
  open = await start("open", { listen: "127.0.0.1:0" });
  const sha256 = createHash("sha256").update(KEY).digest("hex");
  const other = createHash("sha256").update("another").digest("hex");
  keyed = await start("keyed", {
    listen: "0.0.0.0:0", dangerously_without_tls: true,
    api_keys: [{ name: "other", sha256: other }, { name: "php", sha256 }],
  });
  local = await start("local", { listen: `unix:${join(folder, "gateway.sock")}` });
  url = `http://${open.addresses.calls}`;
});
after(async () => {
  await Promise.all([open, keyed, local].map((gateway) => gateway.stop()));
  await service.program.stop();
  await sandbox.program.stop();
  await rm(folder, { recursive: true, force: true });
});

async function call(
  method: string, request: unknown, headers: Record<string, string> = {}, base = url,
): Promise<Answer & { json: any }> {
  const answer = await exchange(base + METHOD + method, "POST", { "content-type": "application/json", ...headers },
    JSON.stringify(request));
  return { ...answer, json: JSON.parse(answer.text) };
}

function reasonOf(answer: { json: any }): string {
  return answer.json.details.find((one: any) => one.type === "google.rpc.ErrorInfo").debug.reason;
}

test("a whole login and a signed call with nothing but JSON over POST", async () => {
  const start = { provider: "twitter", callbackUrl: `${CALLBACK}/auth/twitter` };
  const started = (await call("StartAuthorization", start)).json;
  assert.equal(started.bindingCookie.maxAge, "600s");
  const callback = await decide(started.redirectUrl, "alice");
  const completed = (await call("CompleteAuthorization", {
    provider: "twitter", callbackQuery: callback, bindingCookies: [started.bindingCookie] })).json;
  assert.match(completed.accessToken, /^oa1_/);
  const answer = await call("SignedRequest", {
    provider: "twitter", accessToken: completed.accessToken,
    call: { method: "GET", url: "account/verify_credentials.json" } });
  assert.equal(answer.json.answer.statusCode, 200);
  assert.equal(JSON.parse(Buffer.from(answer.json.answer.body, "base64").toString()).screen_name, "alice");
  assert.equal(answer.headers["cache-control"], "no-store");
});

test("an error has its reason, sent and fields as plain JSON", async () => {
  const denied = await call("StartAuthorization", { provider: "nobody", callbackUrl: `${CALLBACK}/auth/twitter` });
  assert.deepEqual([denied.status, denied.json.code, reasonOf(denied)], [404, "not_found", "PROVIDER_NOT_FOUND"]);
  const [info] = denied.json.details;
  assert.deepEqual([info.type, info.debug.domain, info.debug.metadata.sent], ["google.rpc.ErrorInfo", "oauth1d", "no"]);
  assert.ok(info.value.length > 0); // for whoever has protobuf
  const bad = await call("SignedRequest", {
    provider: "twitter", accessToken: "oa1_x", call: { method: "get", url: "x" } });
  assert.deepEqual([bad.status, reasonOf(bad)], [400, "INVALID_REQUEST"]);
  const fields = bad.json.details.find((one: any) => one.type === "google.rpc.BadRequest").debug.fieldViolations;
  assert.ok(fields.some((one: any) => one.field === "call.method"), JSON.stringify(fields));
  for (const name of Object.keys(bad.headers)) assert.doesNotMatch(name, /^grpc|^trailer-/);
});

test("a denial tells what the flow was started with", async () => {
  const appState = Buffer.from("/shop").toString("base64");
  const started = (await call("StartAuthorization", {
    provider: "twitter", callbackUrl: `${CALLBACK}/auth/twitter`, appState })).json;
  const callback = await decide(started.redirectUrl, undefined);
  const denied = await call("CompleteAuthorization", {
    provider: "twitter", callbackQuery: callback, bindingCookies: [started.bindingCookie] });
  assert.deepEqual([denied.status, denied.json.code, reasonOf(denied)], [400, "failed_precondition", "USER_DENIED"]);
  const failure = denied.json.details.find((one: any) => one.type === "oauth1d.v1.FlowFailure");
  assert.equal(failure.debug.appState, appState);
});

test("a trace goes on to the service, and what is no trace does not", async () => {
  const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  await call("ListProviders", {}, { traceparent: `00-${trace}-00f067aa0ba902b7-01` });
  assert.ok(await service.program.line((line) => line.includes(trace) && line.includes("ListProviders")));
  assert.equal((await call("ListProviders", {}, { traceparent: "x y" })).status, 200);
});

test("what a caller sends wrong is its own to mend", async () => {
  const post = { "content-type": "application/json" };
  const list = `${url}${METHOD}ListProviders`;
  assert.equal((await exchange(list, "POST", post, "{not json")).status, 400);
  assert.equal((await exchange(list, "POST", post, '{"unknown": 1}')).status, 200);
  assert.equal((await exchange(`${url}${METHOD}Nothing`, "POST", post, "{}")).status, 501);
  assert.equal((await exchange(`${list}?connect=v1&encoding=json&message=%7B%7D`, "GET", {})).status, 405);
  assert.equal((await exchange(list, "POST", { "content-type": "text/plain" }, "{}")).status, 415);
  assert.equal((await exchange(list, "POST", post, `{"x":"${"a".repeat(9 << 20)}"}`)).status, 429);
  const late = await call("ListProviders", {}, { "connect-timeout-ms": "soon" });
  assert.equal(late.status, 400);
});

test("a browser is turned away, whatever it says about where it comes from", async () => {
  const headers: Record<string, string>[] = [
    { origin: "http://127.0.0.1:8000" }, { origin: url }, { origin: "null" }, { "sec-fetch-site": "same-origin" },
    { "sec-fetch-site": "none", "sec-fetch-mode": "navigate" },
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "empty" },
  ];
  for (const header of headers) {
    for (const [base, more] of [[url, {}], [keyedUrl(), { authorization: `Bearer ${KEY}` }]] as const) {
      const refused = await call("ListProviders", {}, { ...header, ...more }, base);
      assert.deepEqual([refused.status, refused.json.code, reasonOf(refused)],
        [403, "permission_denied", "CALLER_NOT_ALLOWED"]);
      assert.equal(refused.headers["access-control-allow-origin"], undefined);
    }
  }
  const preflight = await exchange(`${url}${METHOD}ListProviders`, "OPTIONS", { origin: "https://evil.example" });
  assert.equal(preflight.status, 403);
});

test("Node's own fetch is no browser", async () => {
  const post = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };
  const answer = await fetch(`${url}${METHOD}ListProviders`, post);
  assert.deepEqual([answer.status, (await answer.json() as any).providers[0].name], [200, "twitter"]);
});

test("a caller whose time runs out hears from the service whether its call was sent", async () => {
  const slow = await CanaryProvider.start();
  const behind = await startService([provider(slow.url, "twitter")], CALLBACK);
  const file = join(folder, "deadline.yaml");
  await writeFile(file, JSON.stringify({ service: { address: behind.address }, calls: { listen: "127.0.0.1:0" } }));
  const gateway = await startGateway(loadConfig(file), { log: () => undefined });
  const base = `http://${gateway.addresses.calls}`;
  try {
    const started = (await call("StartAuthorization", {
      provider: "twitter", callbackUrl: `${CALLBACK}/auth/twitter` }, {}, base)).json;
    const { accessToken } = (await call("CompleteAuthorization", {
      provider: "twitter", callbackQuery: slow.approve(), bindingCookies: [started.bindingCookie] }, {}, base)).json;
    const { release } = slow.hold();
    const post = { provider: "twitter", accessToken, call: { method: "POST", url: "echo" } };
    const posts = [1, 2, 3, 4, 5].map(() => call("SignedRequest", post, { "connect-timeout-ms": "3000" }, base));
    for (const late of await Promise.all(posts)) {
      assert.deepEqual([late.status, late.json.code, reasonOf(late)], [504, "deadline_exceeded", "DEADLINE"]);
      assert.match(late.json.details[0].debug.metadata.sent, /^(maybe|yes)$/);
    }
    // too little for any answer of the service's
    const short = await call("SignedRequest", post, { "connect-timeout-ms": "1" }, base);
    assert.deepEqual([short.status, short.json.code], [504, "deadline_exceeded"], short.text);
    release();
    const endless = await call("ListProviders", {}, { "connect-timeout-ms": "600001" }, base);
    assert.deepEqual([endless.status, endless.json.code], [400, "invalid_argument"]);
  } finally {
    await gateway.stop();
    await behind.program.stop();
    await slow.stop();
  }
});

test("without a key only a loopback name is a host", async () => {
  const { port } = new URL(url);
  const elsewhere = ["evil.example", `evil.example:${port}`, "localhost.evil.example", "127.0.0.1.evil.example",
    "10.0.0.1", "0.0.0.0", "127.evil", "[::2]"];
  for (const host of elsewhere) {
    assert.equal((await call("ListProviders", {}, { host })).status, 403, host);
  }
  for (const host of [`localhost:${port}`, "LOCALHOST", "127.0.0.1", "127.8.8.8:1", `[::1]:${port}`]) {
    assert.equal((await call("ListProviders", {}, { host })).status, 200, host);
  }
});

test("with keys there is no way in without one", async () => {
  for (const authorization of ["", "Bearer", "Bearer ", "Bearer wrong", `Bearer ${KEY}x`, `Basic ${KEY}`, KEY,
    `Bearer ${createHash("sha256").update(KEY).digest("hex")}`]) {
    const refused = await call("ListProviders", {}, authorization ? { authorization } : {}, keyedUrl());
    assert.deepEqual([refused.status, refused.json.code, reasonOf(refused)],
      [401, "unauthenticated", "CALLER_UNKNOWN"]);
    assert.equal(refused.headers["www-authenticate"], "Bearer");
  }
  for (const key of [KEY, "another"]) {
    const headers = { authorization: `Bearer ${key}`, host: "gateway.internal" };
    const taken = await call("ListProviders", {}, headers, keyedUrl());
    assert.deepEqual([taken.status, taken.json.providers[0].name], [200, "twitter"]);
  }
});

test("the shell snippets of GATEWAY.md do what they say, over TCP and over a unix socket", async () => {
  const manual = await readFile(join(ROOT, "client/node/GATEWAY.md"), "utf8");
  const snippets = [...manual.matchAll(/<!-- tested -->\n```sh\n([^]*?)```/g)].map(([, text = ""]) => text);
  assert.equal(snippets.length, 2);
  const run = promisify(execFile);
  for (const [index, snippet] of snippets.entries()) {
    const { stdout } = await run("sh", ["-eu", "-c", snippet], {
      env: { ...process.env, OAUTH1D_GATEWAY: url, OAUTH1D_GATEWAY_SOCKET: join(folder, "gateway.sock") },
    });
    assert.match(stdout, index === 0 ? /^twitter$/m : /"name":\s*"twitter"/);
  }
  assert.equal(local.addresses.calls, `unix:${join(folder, "gateway.sock")}`);
});

test("without the service there is an answer all the same", async () => {
  await service.program.stop();
  const answer = await call("ListProviders", {});
  assert.deepEqual([answer.status, answer.json.code, answer.json.details], [503, "unavailable", undefined]);
});

function keyedUrl(): string {
  return `http://127.0.0.1:${String(keyed.addresses.calls).split(":").at(-1)}`;
}
