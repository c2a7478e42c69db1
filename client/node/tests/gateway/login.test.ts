import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Browser, decide } from "./browser.js";
import { fails } from "./failures.js";
import { World } from "./world.js";

let world: World;
before(async () => { world = await World.start(); });
after(async () => { await world.stop(); });

const PROFILE = { method: "GET", url: "account/verify_credentials.json" };

for (const wire of ["connect", "grpc-web"] as const) {
  test(`a page logs its user in and shows the profile, over ${wire}`, async () => {
    const alice = world.browser();
    const before = await alice.session(wire);
    assert.deepEqual([before.logins.length, before.csrfToken], [0, ""]);
    assert.deepEqual(before.offers.map((offer) => [offer.provider, offer.title, offer.loginPath]), [
      ["twitter", "The <twitter>", "/login/twitter"], ["other", "The <other>", "/login/other"]]);

    assert.equal(await alice.logIn("alice", "twitter", "/notes?tab=2#end"), `${world.origin}/notes?tab=2#end`);

    const session = await alice.session(wire);
    assert.deepEqual(session.logins.map((login) => login.provider), ["twitter"]);
    const names = session.logins[0]?.parameters.map(({ name, content }) => [name, content.value]);
    assert.deepEqual(names?.find(([name]) => name === "screen_name"), ["screen_name", "alice"]);
    const answer = await alice.client(wire).call({ provider: "twitter", call: PROFILE });
    assert.equal(answer.answer?.statusCode, 200);
    const profile = JSON.parse(new TextDecoder().decode(answer.answer?.body)) as { screen_name: string };
    assert.equal(profile.screen_name, "alice");
    assert.equal(answer.loginNeeded, false);
    const last = (await world.seen()).at(-1);
    assert.deepEqual([last?.path, last?.verified], ["/1.1/account/verify_credentials.json", true]);
  });
}

test("the cookies are httpOnly, Lax, for the whole path, and the spent one is deleted", async () => {
  const alice = world.browser();
  const begun = await alice.get("/login/twitter");
  const [binding = ""] = begun.headers["set-cookie"] ?? [];
  assert.match(binding, /^oauth1-[\w-]{16}=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/);
  const ended = await alice.get(await decide(begun.headers.location ?? "", "alice"));
  const [spent = "", session = ""] = ended.headers["set-cookie"] ?? [];
  assert.ok(spent.startsWith(`${binding.split("=", 1)[0]}=; Max-Age=0;`), spent);
  assert.match(session, /^oauth1d-session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Lax$/);
  assert.deepEqual([...alice.cookies.keys()], ["oauth1d-session"]);
});

test("every answer forbids frames, sniffing, foreign scripts, and telling others where we came from", async () => {
  const alice = world.browser();
  for (const path of ["/", "/page.js", "/nowhere", "/login/twitter", "/auth/twitter?state=x", "/login/unknown"]) {
    const { headers } = await alice.get(path);
    const policy = String(headers["content-security-policy"]);
    assert.match(policy, /default-src 'none'.*base-uri 'none'; frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe|\*/);
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["referrer-policy"], "no-referrer");
    assert.match(String(headers["cache-control"]), /no-store|no-cache/);
  }
});

test("the page works without JavaScript, and what a provider is called stays text", async () => {
  const alice = world.browser();
  const before = (await alice.get("/")).text;
  assert.ok(before.includes('<a class="oauth1d-login" data-provider="twitter" data-icon="twitter" '
    + 'href="/login/twitter">Log in with The &lt;twitter&gt;</a>'), before);
  assert.ok(before.includes('<meta name="oauth1d-csrf" content="">'));
  await alice.logIn("bob");
  const after = (await alice.get("/")).text;
  assert.ok(after.includes("Logged in with The &lt;twitter&gt; as <b>bob</b>"), after);
  assert.ok(after.includes(`<meta name="oauth1d-csrf" content="${alice.csrf}">`) && alice.csrf.length === 43);
  assert.ok(!after.includes('data-provider="twitter" data-icon') && after.includes('href="/login/other"'));
});

test("a denial comes back to the page that asked, with its reason", async () => {
  const alice = world.browser();
  const back = await alice.get(await decide(await alice.begin("twitter", "/shop?item=1"), undefined));
  assert.equal(back.status, 303);
  assert.equal(back.headers.location, `${world.origin}/shop?item=1&login_error=USER_DENIED&provider=twitter`);
  const page = (await alice.get("/?login_error=USER_DENIED&provider=twitter")).text;
  assert.match(page, /<p class="oauth1d-alert" role="alert" data-reason="USER_DENIED">You said no\./);
  assert.equal((await alice.session()).logins.length, 0);
  assert.equal(await alice.logIn("alice", "twitter", "/shop?item=1&login_error=USER_DENIED&provider=twitter"),
    `${world.origin}/shop?item=1`);
});

test("a made-up reason in the page's address is never shown as it is", async () => {
  const page = (await world.browser().get(`/?login_error=${encodeURIComponent('<script>alert("x")</script>')}`)).text;
  assert.ok(page.includes('data-reason="INTERNAL"') && !page.includes("alert("), page);
});

test("a callback pasted into another browser is refused, and the right one still finishes", async () => {
  const alice = world.browser();
  const thief = world.browser();
  const callback = await decide(await alice.begin(), "alice");
  const refused = `${world.origin}/?login_error=BINDING_MISMATCH&provider=twitter`;
  assert.equal((await thief.get(callback)).headers.location, refused);
  await thief.begin();
  assert.equal((await thief.get(callback)).headers.location, refused);
  assert.equal((await thief.session()).logins.length, 0);
  assert.equal((await alice.get(callback)).headers.location, `${world.origin}/`);
  assert.equal((await alice.session()).logins.length, 1);
});

test("two tabs at once both finish, and two providers stand side by side", async () => {
  const alice = world.browser();
  const first = await alice.begin("twitter", "/first");
  const second = await alice.begin("other", "/second");
  assert.equal((await alice.get(await decide(second, "bob"))).headers.location, `${world.origin}/second`);
  assert.equal((await alice.get(await decide(first, "alice"))).headers.location, `${world.origin}/first`);
  const session = await alice.session();
  const users = session.logins.map(({ provider, parameters }) => (
    [provider, parameters.find(({ name }) => name === "screen_name")?.content.value]));
  assert.deepEqual(users, [["twitter", "alice"], ["other", "bob"]]);
});

test("an unknown flow, and a callback without anything, come back with a reason", async () => {
  const alice = world.browser();
  await alice.begin();
  const state = "A".repeat(43);
  const unknown = await alice.get(`/auth/twitter?state=${state}&oauth_token=a&oauth_verifier=b`);
  assert.equal(unknown.headers.location, `${world.origin}/?login_error=FLOW_NOT_FOUND&provider=twitter`);
  assert.equal((await alice.get("/auth/twitter")).headers.location,
    `${world.origin}/?login_error=INVALID_REQUEST&provider=twitter`);
});

test("logging out forgets one login, or all of them and the session", async () => {
  const alice = world.browser();
  await alice.logIn("alice", "twitter");
  await alice.logIn("alice", "other");
  await alice.client().logOut({ provider: "twitter" });
  assert.deepEqual((await alice.session()).logins.map(({ provider }) => provider), ["other"]);
  await fails(alice.client().call({ provider: "twitter", call: PROFILE }), "Unauthenticated", "TOKEN_EXPIRED", "no");
  const cookie = alice.cookies.get("oauth1d-session") ?? "";
  await alice.client().logOut({});
  assert.equal(alice.cookies.has("oauth1d-session"), false);
  const revenant = new Browser(world.origin);
  revenant.cookies.set("oauth1d-session", cookie);
  assert.equal((await revenant.session()).logins.length, 0);
  await alice.client().logOut({}); // safe to repeat
});
