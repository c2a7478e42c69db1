import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { CanaryProvider, spellings } from "./canary_provider.js";
import { fails } from "./failures.js";
import { provider } from "./processes.js";
import { World } from "./world.js";

const CONSUMER = `consumer-${"c".repeat(8)}-secret-of-the-application`;
const CALL = { provider: "twitter", call: { method: "GET", url: "account/verify_credentials.json" } };

let canary: CanaryProvider;
let world: World;
before(async () => {
  canary = await CanaryProvider.start();
  world = await World.start({
    providers: () => [provider(canary.url, "twitter", { reveal_provider_token: true })],
    gatewayProviders: [{ name: "twitter", calls: [{ methods: ["GET"], paths: ["account/verify_credentials.json"] }] }],
    consumerSecret: CONSUMER,
  });
});
after(async () => {
  await world.stop();
  await canary.stop();
});

test("no byte that a browser gets holds a secret, in any spelling, whatever goes wrong", async () => {
  const alice = world.browser();
  await alice.begin("twitter", "/page");
  const binding = [...alice.cookies.values()][0] ?? "";
  const back = await alice.get(canary.approve());
  assert.equal(back.headers.location, `${world.origin}/page`);
  const session = await alice.session();
  assert.deepEqual(session.logins[0]?.parameters.map(({ name }) => name), ["user_id", "screen_name"]);
  assert.ok(session.logins[0]?.expireTime);
  await alice.session("grpc-web");
  const page = await alice.get("/");
  assert.ok(page.text.includes("as <b>&lt;/b&gt;&lt;script&gt;&quot;&#39;&amp;$&amp;$1</b>"), page.text);

  for (const wire of ["connect", "grpc-web"] as const) {
    canary.answer = [200, '{"screen_name": "alice"}'];
    assert.equal((await alice.client(wire).call(CALL)).answer?.statusCode, 200);
    canary.answer = [500, "broken"];
    assert.equal((await alice.client(wire).call(CALL)).answer?.statusCode, 500);
  }
  canary.answer = [401, "oauth_problem=token_rejected"];
  const rejected = await alice.client().call(CALL);
  assert.deepEqual([rejected.answer?.statusCode, rejected.loginNeeded], [401, true]);
  assert.equal(rejected.providerProblem?.problem, "token_rejected");
  assert.deepEqual((await alice.session()).logins, []);
  await alice.get("/login/twitter");
  await alice.get(`${canary.approve().replace("state=", "state=x")}`);
  await fails(alice.client().call(CALL), "Unauthenticated", "TOKEN_EXPIRED");

  const received = Buffer.concat(alice.received);
  const secrets = { ...canary.secrets, CONSUMER };
  for (const [name, secret] of Object.entries(secrets)) {
    for (const spelling of spellings(secret)) {
      assert.ok(!received.includes(spelling), `the browser got ${name}: ${spelling}`);
    }
  }
  assert.ok(!received.includes("oa1_"), "a sealed token");
  assert.ok(received.includes(binding)); // the memory of the bytes works
  const log = world.log.join("\n");
  for (const secret of [...Object.values(secrets), binding, "oauth_verifier", "oa1_"]) assert.ok(!log.includes(secret));
});

test("the store holds sealed tokens alone, and no cookie", async () => {
  const alice = world.browser();
  await alice.begin();
  await alice.get(canary.approve());
  const texts = await world.store.texts();
  assert.ok(texts.some((text) => text.includes('"accessToken":"oa1_')));
  const stored = [...texts, ...world.store.keys].join("\n");
  for (const secret of [...Object.values(canary.secrets), CONSUMER, alice.cookies.get("oauth1d-session") ?? "?"]) {
    for (const spelling of spellings(secret)) assert.ok(!stored.includes(spelling), spelling);
  }
});
