import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { decide, type Browser } from "./browser.js";
import { fails } from "./failures.js";
import { World } from "./world.js";

const CALL = { provider: "twitter", call: { method: "GET", url: "account/verify_credentials.json" } };
const POST = { provider: "twitter", call: { method: "POST", url: "echo" } };
const WIRES = ["connect", "grpc-web"] as const;

let world: World;
let alice: Browser;
before(async () => {
  world = await World.start();
  alice = world.browser();
  await alice.logIn();
});
after(async () => { await world.stop(); });

test("the service's reason reaches the page over both protocols, and nothing else of the service's", async () => {
  for (const wire of WIRES) {
    const query = [{ name: "oauth_token", content: { case: "value" as const, value: "x" } }];
    const bad = { ...CALL, call: { ...CALL.call, query } };
    assert.deepEqual(await fails(alice.client(wire).call(bad), "InvalidArgument", "INVALID_REQUEST"), { sent: "no" });
  }
  const last = alice.received.slice(-2).map(String).join("");
  assert.ok(!last.includes("grpc-status-details-bin") || last.includes("grpc-web"), last);
  for (const name of ["application/grpc+proto", "grpc-accept-encoding"]) assert.ok(!last.includes(name), last);
});

test("a login that the service no longer opens ends", async () => {
  const bob = world.browser();
  await bob.logIn("bob");
  for (const key of world.store.keys) {
    const text = await world.store.get(key);
    if (!text?.includes(bob.csrf)) continue;
    await world.store.set(key, text.replace(/oa1_[\w-]{20}/, `oa1_${"A".repeat(20)}`), 60_000);
  }
  await fails(bob.client().call(CALL), "Unauthenticated", "TOKEN_EXPIRED");
  assert.equal((await bob.session()).logins.length, 0);
});

test("a provider that is away is told as one", async () => {
  const consent = await alice.begin("twitter", "/shop");
  const callback = await decide(consent, "alice");
  await world.programs.sandbox.stop();
  for (const wire of WIRES) {
    await fails(alice.client(wire).call(CALL), "Unavailable", "PROVIDER_UNREACHABLE", "no");
    await fails(alice.client(wire).call(POST), "Unavailable", "PROVIDER_UNREACHABLE", "no");
  }
  const received = Buffer.concat(alice.received).toString("latin1");
  assert.ok(!received.includes("refused") && !received.includes(new URL(world.sandboxUrl).port + ": "));
  assert.equal((await alice.get("/login/twitter?return_to=/shop")).headers.location,
    `${world.origin}/shop?login_error=PROVIDER_UNREACHABLE&provider=twitter`);
  const back = String((await alice.get(callback)).headers.location);
  assert.match(back, /\/shop\?login_error=PROVIDER_UNREACHABLE&provider=twitter$/);
});

test("a service that is away is told as one, and the page is still there", async () => {
  await world.programs.service.stop();
  for (const wire of WIRES) {
    assert.deepEqual(await fails(alice.client(wire).call(CALL), "Unavailable", ""), {});
  }
  assert.equal((await alice.get("/login/twitter?return_to=/shop")).headers.location,
    `${world.origin}/shop?login_error=UNAVAILABLE&provider=twitter`);
  const page = await alice.get("/?login_error=UNAVAILABLE&provider=twitter");
  assert.ok(page.text.includes("Our login service is away") && page.text.includes("Logged in with"), page.text);
  world.ahead = 120_000; // the list of providers is old by now
  assert.deepEqual((await alice.session()).offers.map(({ title }) => title), ["The <twitter>", "The <other>"]);
});
