import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { Client, HttpStatusError, MissingTokenError, TWO_LEGGED } from "oauth1d";

import { fakeService } from "./fixture.js";

describe("a signed request", () => {
  const service = fakeService();
  const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

  async function sent(options: Record<string, unknown>, method = "POST") {
    const client = new Client(service().settings);
    await client.signedRequest("twitter", method, "echo", { token: service().logIn(), ...options });
    client.close();
    const request = service().requests.at(-1);
    assert.ok(request);
    return request;
  }

  test("the answer has status, headers with repeats, and body in every shape", async () => {
    service().api().respond("GET", "echo", {
      status: 418,
      body: Uint8Array.of(0xe9, 0x22),
      headers: [["Content-Type", "text/plain; charset=ISO-8859-1"], ["Link", "a"], ["link", "b"], ["X-Odd", Uint8Array.of(0xff)]],
    });
    const client = new Client(service().settings);
    const answer = await client.signedRequest("twitter", "get", "echo", { token: TWO_LEGGED });
    client.close();
    assert.equal(answer.status, 418);
    assert.equal(answer.ok, false);
    assert.equal(answer.headers.get("LINK"), "a, b");
    assert.deepEqual(answer.rawHeaders.map(([name]) => name), ["Content-Type", "Link", "link", "X-Odd"]);
    assert.deepEqual([...answer.rawHeaders[3]?.[1] ?? []], [0xff]);
    assert.deepEqual([...answer.bytes()], [0xe9, 0x22]);
    assert.equal(answer.text(), "é\"");
    assert.throws(() => answer.json(), SyntaxError);
    assert.throws(() => answer.throwForStatus(), HttpStatusError);
  });

  test("query and form keep order and repeats", async () => {
    const request = await sent({ params: { b: [1, true], a: null }, form: new URLSearchParams("x=1&x=2&y=%20") });
    assert.deepEqual(request.query, [["b", "1"], ["b", "true"], ["a", ""]]);
    assert.deepEqual(request.form, [["x", "1"], ["x", "2"], ["y", " "]]);
    const raw = await sent({ params: "?q=%7E&&z" }, "GET");
    assert.equal((service().calls.at(-1)?.message as { call: { url: string } }).call.url, "echo?q=%7E&&z");
    assert.deepEqual(raw.query, [["q", "~"], ["z", ""]]);
  });

  test("json, text, bytes and their types", async () => {
    const json = await sent({ json: { name: "é" } });
    assert.deepEqual([json.contentType, text(json.body)], ["application/json", '{"name":"é"}']);
    const typed = await sent({ json: [1], headers: { "Content-Type": "application/ld+json", "X-A": ["1", "2"] } });
    assert.equal(typed.contentType, "application/ld+json");
    assert.equal(typed.headers.get("x-a"), "1, 2");
    assert.equal(typed.headers.get("content-type"), null, "it stands where the contract has it");
    const bytes = await sent({ body: Uint8Array.of(0, 255), contentType: "image/png" });
    assert.deepEqual([bytes.contentType, ...bytes.body], ["image/png", 0, 255]);
  });

  test("multipart from parts and from FormData", async () => {
    const form = new FormData();
    form.append("status", "hi");
    form.append("media", new File(["GIF"], "cat.gif", { type: "image/gif" }));
    for (const multipart of [form, [
      { name: "status", data: "hi" },
      { name: "media", data: "GIF", filename: "cat.gif", contentType: "image/gif" },
    ]]) {
      const { parts } = await sent({ multipart });
      assert.deepEqual(parts.map((part) => [part.name, part.filename, part.contentType, text(part.data)]),
        [["status", "", "", "hi"], ["media", "cat.gif", "image/gif", "GIF"]]);
    }
  });

  test("what cannot be sent is refused before anything is", async () => {
    await assert.rejects(sent({ json: 1, body: "2" }), /give one of/);
    await assert.rejects(sent({ form: { a: 1 }, headers: { "content-type": "text/plain" } }), /is sent as/);
    await assert.rejects(sent({ token: "" }), MissingTokenError);
    await assert.rejects(sent({ token: { accessToken: "" } }), MissingTokenError);
    assert.equal(service().calls.length, 0);
  });

  test("a token may be a Token, its text, a stored object, the provider's own, or none", async () => {
    const token = service().logIn();
    for (const one of [token, token.accessToken, { accessToken: token.accessToken }, service().providerToken()]) {
      assert.equal((await sent({ token: one })).user?.screenName, "alice");
    }
    assert.equal((await sent({ token: TWO_LEGGED })).user, undefined);
  });

  test("a token that the provider takes no more is an answer that says so", async () => {
    const token = service().logIn();
    service().rejectTokens();
    const client = new Client(service().settings);
    const answer = await client.signedRequest("twitter", "GET", "account/verify_credentials.json", { token });
    client.close();
    assert.deepEqual([answer.status, answer.tokenRejected], [401, true]);
  });
});

describe("the other calls", () => {
  const service = fakeService({ providers: [{ name: "twitter", renewal: true }, "flickr"], passwords: { alice: "wonderland" } });

  test("providers are listed, tokens imported, renewed, wrapped anew and revoked", async () => {
    const client = new Client(service().settings);
    const providers = await client.listProviders();
    assert.deepEqual(providers.map(({ name, title }) => [name, title]), [["twitter", "Twitter"], ["flickr", "Flickr"]]);
    assert.ok(providers[0]?.capabilities.includes("THREE_LEGGED"));
    const token = await client.importAccessToken("twitter", service().providerToken("bob"));
    const renewed = await client.refreshAccessToken(token);
    assert.notEqual(renewed.accessToken, token.accessToken);
    assert.equal(renewed.get("screen_name"), "bob");
    assert.equal(await client.rewrapAccessToken(renewed.accessToken), renewed.accessToken);
    assert.equal(await client.revokeAccessToken(renewed.accessToken), true);
    const login = await client.importPasswordLogin("flickr", { username: "alice", password: "wonderland" });
    assert.equal(login.get("screen_name"), "alice");
    client.close();
  });

  test("a PIN ends a login without a browser", async () => {
    const client = new Client(service().settings);
    const started = await client.startAuthorization("twitter", "oob");
    const token = await client.completeWithPin("twitter", started, service().pin(started.redirectUrl, "bob"));
    assert.equal(token.get("screen_name"), "bob");
    client.close();
  });
});
