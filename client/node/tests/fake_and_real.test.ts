/** The fake of oauth1d/testing takes and refuses what the service does. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Client, OAuth1dError, type Credentials, type StartedAuthorization, type StartOptions } from "oauth1d";
import { FakeService } from "oauth1d/testing";

import { provider, startSandbox, startService, type Program } from "./gateway/processes.js";

const CALLBACK = "http://127.0.0.1:8000/auth/twitter";

interface Side {
  readonly client: Client;
  readonly token: Credentials;
  /** The user says yes; the callback. */
  approve(redirectUrl: string): Promise<string>;
}

let sides: { real: Side; fake: Side };
let stop: () => Promise<void>;

before(async () => {
  const programs: Program[] = [];
  const sandbox = await startSandbox();
  programs.push(sandbox.program);
  const service = await startService([provider(sandbox.url, "twitter")], "http://127.0.0.1:8000");
  programs.push(service.program);
  const fake = await FakeService.start({ callbackUrls: [CALLBACK] });
  const real = new Client({ server: service.address });
  sides = {
    real: {
      client: real,
      token: await real.importAccessToken("twitter", { token: "1001-x", tokenSecret: "y" }),
      approve: approvedAtSandbox,
    },
    fake: { client: new Client(fake.settings), token: fake.logIn(), approve: async (url) => fake.approve(url) },
  };
  stop = async () => {
    for (const { client } of Object.values(sides)) client.close();
    await fake.stop();
    for (const program of programs) await program.stop();
  };
});
after(() => stop());

async function approvedAtSandbox(url: string): Promise<string> {
  const page = await (await fetch(url)).text();
  const hidden = [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  const form = new URLSearchParams(hidden.map(([, name = "", value = ""]) => [name, value]));
  form.set("decision", "allow");
  form.set("user", "alice");
  const action = new URL(/action="([^"]+)"/.exec(page)?.[1] ?? "", url);
  const response = await fetch(action, { method: "POST", body: form, redirect: "manual" });
  return response.headers.get("location") ?? "";
}

/** The reason of what `attempt` throws, with the field that it names; "taken" if it throws nothing. */
async function outcome(attempt: Promise<unknown>): Promise<string> {
  const error: unknown = await attempt.then(() => undefined, (one: unknown) => one);
  if (error === undefined) return "taken";
  assert.ok(error instanceof OAuth1dError, String(error));
  return error.reason;
}

function same(name: string, expected: string, attempt: (side: Side) => Promise<unknown>): void {
  test(`${name}: ${expected}`, async () => {
    assert.deepEqual(
      { real: await outcome(attempt(sides.real)), fake: await outcome(attempt(sides.fake)) },
      { real: expected, fake: expected });
  });
}

const request = (url: string, options: object = {}, method = "GET") => ({ client, token }: Side) =>
  client.signedRequest("twitter", method, url, { token, ...options });
const header = (name: string, value = "x") => request("echo", { headers: { [name]: value } });
const start = (options: StartOptions) => ({ client }: Side) => client.startAuthorization("twitter", CALLBACK, options);
const login = (callback: (url: string) => string, cookies = (s: StartedAuthorization) => [s.bindingCookie]) =>
  async ({ client, approve }: Side) => {
    const started = await client.startAuthorization("twitter", CALLBACK);
    const url = callback(await approve(started.redirectUrl));
    return client.completeAuthorization("twitter", url, cookies(started));
  };

const REFUSED = "INVALID_REQUEST";
same("a plain request", "taken", request("echo?a=b&c", { headers: { "accept-encoding": "gzip" } }));
same("oauth_ in query", REFUSED, request("echo", { params: { oauth_token: "x" } }));
same("oauth_ in url", REFUSED, request("echo?a=b&OAuth_nonce=1"));
same("oauth_ in form", REFUSED, request("echo", { form: { oauth_x: "1" } }, "POST"));
for (const name of ["Authorization", "Host", "Cookie", "Connection", "Transfer_Encoding", "Proxy-X", "a b"]) {
  same(`header ${name}`, REFUSED, header(name));
}
same("a header of two lines", REFUSED, header("X-A", "a\r\nb: c"));
same("100 headers", "taken", request("echo", { headers: Array.from({ length: 100 }, (_, i) => [`x-${i}`, "y"]) }));
same("101 headers", REFUSED, request("echo", { headers: Array.from({ length: 101 }, (_, i) => [`x-${i}`, "y"]) }));
same("a body over 3.5 MiB", REFUSED, request("echo", { body: new Uint8Array(3600 << 10) }, "POST"));
for (const url of ["", "echo#x", "echo?a=b c", "echo?a=é", "echo?a=%zz", "echo?a=|", `echo?${"a".repeat(9000)}`]) {
  same(`url ${url.slice(0, 20)}`, REFUSED, request(url));
}
same("../x", "DESTINATION_DENIED", request("../x"));
same("authorizeParameters", REFUSED, start({ authorizeParameters: { force_login: "true" } }));
same("requestTokenParameters", REFUSED, start({ requestTokenParameters: { scope: "x" } }));
same("providerParameters", REFUSED, start({ providerParameters: { shop: "x" } }));
same("an unknown consumer", REFUSED, start({ consumer: "nope" }));
same("the known consumer", "taken", start({ consumer: "main" }));
same("a login", "taken", login((url) => url));
same("oauth_token twice", REFUSED, login((url) => `${url}&oauth_token=z`));
same("state twice", REFUSED, login((url) => `${url}&state=z`));
same("no cookies", REFUSED, login((url) => url, () => []));
same("another's cookie", "BINDING_MISMATCH", login((url) => url, () => [{ name: "x", value: "y" }]));
same("an empty token", REFUSED, ({ client }) => client.importAccessToken("twitter", { token: "", tokenSecret: "" }));
same("a renewal that the provider has not", REFUSED, async ({ client }) => {
  const token = await client.importAccessToken("twitter", { token: "1001-x", tokenSecret: "y" });
  return client.refreshAccessToken(token);
});

test("no cookies: the field is named", async () => {
  for (const side of Object.values(sides)) {
    await assert.rejects(login((url) => url, () => [])(side), (error) =>
      error instanceof OAuth1dError && error.fieldViolations[0]?.field === "binding_cookies");
  }
});

test("what a test says that the configuration allows is taken", async () => {
  const fake = await FakeService.start({ providers: [{
    name: "shop", consumers: ["a", "b"], renewal: true, authorizeParameters: ["force_login"],
    requestTokenParameters: ["scope"], providerParameters: ["shop"],
  }] });
  const client = new Client(fake.settings);
  await client.startAuthorization("shop", CALLBACK, {
    consumer: "b", authorizeParameters: { force_login: 1 }, requestTokenParameters: { scope: "x" },
    providerParameters: { shop: "y" },
  });
  await client.refreshAccessToken(fake.logIn("alice", "shop"));
  client.close();
  await fake.stop();
});
