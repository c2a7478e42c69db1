import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { MemorySessionStore, RedisSessionStore } from "oauth1d/gateway";

import { Sessions } from "../../dist/gateway/sessions.js";
import { fails } from "./failures.js";
import { provider } from "./processes.js";
import { World } from "./world.js";

const CALL = { provider: "twitter", call: { method: "GET", url: "account/verify_credentials.json" } };
const MINUTE = 60_000;

let world: World;
before(async () => {
  world = await World.start({
    session: { idle: "10m", absolute: "1h" },
    sandboxFlags: ["--token-lifetime", "3600"],
    providers: (url) => [provider(url, "twitter", { renewal: { by: "session_handle" } })],
    gatewayProviders: [{ name: "twitter", calls: [{ methods: ["GET"], paths: ["account/verify_credentials.json"] }] }],
  });
});
after(async () => { await world.stop(); });

test("a session that nobody uses ends after its idle time", async () => {
  const alice = world.browser();
  await alice.logIn();
  world.ahead += 9 * MINUTE;
  assert.equal((await alice.session()).logins.length, 1);
  world.ahead += 9 * MINUTE;
  assert.equal((await alice.session()).logins.length, 1);
  world.ahead += 11 * MINUTE;
  await fails(alice.client().call(CALL), "Unauthenticated", "TOKEN_EXPIRED");
  assert.equal((await alice.session()).logins.length, 0);
});

test("a session ends after its absolute time, however busy it is", async () => {
  const alice = world.browser();
  await alice.logIn();
  for (let minute = 0; minute < 54; minute += 6) {
    world.ahead += 6 * MINUTE;
    assert.equal((await alice.session()).logins.length, 1, `after ${minute + 6} minutes`);
  }
  world.ahead += 7 * MINUTE;
  assert.equal((await alice.session()).logins.length, 0);
});

test("a renewed token is kept in the session, and the page hears nothing of it", async () => {
  const alice = world.browser();
  await alice.logIn();
  const sealed = async (): Promise<string> => {
    const mine = (await world.store.texts()).filter((text) => text.includes(alice.csrf));
    return /oa1_[\w-]+/.exec(mine.join())?.[0] ?? "";
  };
  const before = await sealed();
  await fetch(`${world.sandboxUrl}/_expire`, { method: "POST" });
  const renewals = async (): Promise<number> => (
    (await world.seen()).filter(({ path }) => path === "/oauth/access_token").length);
  const asked = await renewals();
  for (let times = 0; times < 2; times += 1) {
    const answer = await alice.client().call(CALL);
    assert.deepEqual([answer.answer?.statusCode, answer.loginNeeded], [200, false]);
  }
  assert.equal(await renewals(), asked + 1);
  const after = await sealed();
  assert.ok(before.startsWith("oa1_") && after.startsWith("oa1_") && before !== after);
  const received = Buffer.concat(alice.received);
  assert.ok(!received.includes(after) && !received.includes(before) && !received.includes("oa1_"));
});

test("two calls at once both keep their session", async () => {
  const alice = world.browser();
  await alice.logIn();
  await fetch(`${world.sandboxUrl}/_expire`, { method: "POST" });
  const answers = await Promise.all([1, 2, 3, 4].map(() => alice.client().call(CALL)));
  assert.deepEqual(answers.map(({ answer }) => answer?.statusCode), [200, 200, 200, 200]);
  assert.equal((await alice.session()).logins.length, 1);
});

const life = { idleMs: 10 * MINUTE, absoluteMs: 60 * MINUTE };
const login = (name: string) => ({ provider: name, accessToken: `oa1_${name}`, parameters: [] });

test("a log-out while a callback is under way is not undone by it", async () => {
  const sessions = new Sessions(new MemorySessionStore(), life, false);
  const first = await sessions.logIn(undefined, login("twitter"));
  const open = await sessions.open(first);
  assert.ok(open);
  await sessions.change(open.key, (session) => ({ ...session, logins: [] }));
  const second = await sessions.open(await sessions.logIn(open, login("other")));
  assert.deepEqual(second?.session.logins.map((one) => one.provider), ["other"]);
});

test("a token that a call renews is kept, also if a second login moved the session meanwhile", async () => {
  let ahead = 0;
  const sessions = new Sessions(new MemorySessionStore(), life, false, () => Date.now() + ahead);
  const first = await sessions.logIn(undefined, login("twitter"));
  const [seen, other] = [await sessions.open(first), await sessions.open(first)]; // two tabs
  assert.ok(seen && other);
  // two logins at once, after which the call's answer comes
  const cookies = await Promise.all(["a", "b"].map((name) => sessions.logIn(other, login(name))));
  await sessions.changeLogin(seen.key, login("twitter"), "oa1_renewed");
  const last = await sessions.open(cookies[1]);
  assert.deepEqual(last?.session.logins.map((one) => one.accessToken), ["oa1_renewed", "oa1_a", "oa1_b"]);
  assert.deepEqual([await sessions.open(first), await sessions.open(cookies[0])], [undefined, undefined]);
  // whoever logs out with what it saw logs out
  await sessions.change(seen.key, (session) => ({ ...session, logins: [] }));
  assert.equal(await sessions.open(cookies[1]), undefined);

  const again = await sessions.logIn(undefined, login("twitter"));
  const old = await sessions.open(again);
  assert.ok(old);
  const moved = await sessions.logIn(old, login("a"));
  ahead = 2 * MINUTE;
  await sessions.change(old.key, (session) => ({ ...session, logins: [] })); // nobody follows that long
  assert.equal((await sessions.open(moved))?.session.logins.length, 2);
});

test("the memory keeps so many sessions and no more, the used ones first", async () => {
  const store = new MemorySessionStore(3);
  for (const key of ["a", "b", "c"]) await store.set(key, key, MINUTE);
  await store.get("a");
  await store.set("d", "d", MINUTE);
  const kept = await Promise.all(["a", "b", "c", "d"].map((key) => store.get(key)));
  assert.deepEqual([kept, store.size], [["a", undefined, "c", "d"], 3]);
});

test("a store before Redis says what Redis understands", async () => {
  const said: unknown[][] = [];
  const kept = new Map<string, string>();
  const store = new RedisSessionStore({
    get: async (key) => kept.get(key) ?? null,
    set: async (key, value, options) => { said.push([key, options]); kept.set(key, value); },
    del: async (key) => kept.delete(key),
  });
  await store.set("k", "text", 1500.5);
  assert.deepEqual([await store.get("k"), said], ["text", [["oauth1d-gateway:session:k", { PX: 1501 }]]]);
  await store.delete("k");
  assert.equal(await store.get("k"), undefined);
});
