import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { describe, test } from "node:test";

import { Client, OAuth1dError, TWO_LEGGED } from "oauth1d";
import { OAuth } from "oauth1d/web";

import { fakeService } from "./fixture.js";

const MEGABYTE = new Uint8Array(1024 * 1024).fill(7);

describe("a streamed request", () => {
  const service = fakeService();

  test("bodies go both ways in pieces", async () => {
    service().api().respond("POST", "echo", ({ body }) => ({ status: 201, body, headers: { "x-a": "b" } }));
    const client = new Client(service().settings);
    async function* body(): AsyncGenerator<Uint8Array | string> {
      yield "begin";
      yield MEGABYTE;
      yield "end";
    }
    const answer = await client.stream("twitter", "POST", "echo", { token: TWO_LEGGED, body: body() });
    assert.deepEqual([answer.status, answer.headers.get("x-a")], [201, "b"]);
    const pieces: Uint8Array[] = [];
    for await (const piece of answer) pieces.push(piece);
    assert.ok(pieces.length > 10);
    assert.deepEqual(Buffer.concat(pieces), Buffer.concat([Buffer.from("begin"), MEGABYTE, Buffer.from("end")]));
    assert.equal(service().requests.at(-1)?.streamed, true);
    client.close();
  });

  test("the last part of a multipart body may be a stream", async () => {
    const client = new Client(service().settings);
    const multipart = [
      { name: "status", data: "hi" },
      { name: "media", filename: "cat.gif", contentType: "image/gif", data: Readable.from([MEGABYTE]) },
    ];
    const answer = await client.stream("twitter", "POST", "upload", { token: TWO_LEGGED, multipart, contentLength: 1048576 });
    await answer.bytes();
    assert.deepEqual(service().requests.at(-1)?.parts.map(({ data }) => data.length), [2, MEGABYTE.length]);
    client.close();
  });

  test("a source that fails ends the call, and nothing is taken for whole", async () => {
    const client = new Client(service().settings);
    async function* body(): AsyncGenerator<string> {
      yield "half";
      throw new RangeError("the disk is gone");
    }
    await assert.rejects(client.stream("twitter", "POST", "x", { token: TWO_LEGGED, body: body() }), RangeError);
    assert.equal(service().requests.length, 0);
    client.close();
  });

  test("a file that cannot be opened rejects, also where the token or the other parts take longer", async () => {
    const client = new Client(service().settings);
    const oauth = new OAuth({
      settings: service().settings,
      fetchToken: async () => {
        await missing().then(() => assert.fail("the file is there"), () => undefined); // by now the body has failed too
        return service().logIn();
      },
    });
    const slow = new Blob(["x"]);
    const missing = async (): Promise<void> => { for await (const _ of createReadStream("/nowhere/to/be/found")) break; };
    const multipart = () => [
      { name: "status", data: slow }, { name: "media", data: createReadStream("/nowhere/to/be/found") },
    ];
    for (const stream of [
      () => client.stream("twitter", "POST", "x", { token: TWO_LEGGED, body: createReadStream("/nowhere/to/be/found") }),
      () => client.stream("twitter", "POST", "x", { token: TWO_LEGGED, multipart: multipart() }),
      () => oauth.client("twitter").stream("POST", "x", { body: createReadStream("/nowhere/to/be/found") }),
      () => oauth.client("twitter").stream("POST", "x", { multipart: multipart() }),
    ]) {
      await assert.rejects(stream(), { code: "ENOENT" });
    }
    assert.equal(service().requests.length, 0);
    client.close();
    oauth.close();
  });

  test("an answer that is cut off rejects", async () => {
    const client = new Client(service().settings);
    service().api().respond("GET", "big", { body: new Uint8Array(16 * 1024 * 1024) });
    const answer = await client.stream("twitter", "GET", "big", { token: TWO_LEGGED });
    let read = 0;
    await assert.rejects(async () => {
      for await (const piece of answer) {
        read += piece.length;
        service().dropConnections();
      }
    }, (error) => error instanceof OAuth1dError && error.code === "UNAVAILABLE");
    assert.ok(read < 16 * 1024 * 1024);
    client.close();
  });

  test("leaving the loop lets go of the call", async () => {
    const client = new Client(service().settings);
    service().api().respond("GET", "big", { body: new Uint8Array(16 * 1024 * 1024) });
    const answer = await client.stream("twitter", "GET", "big", { token: TWO_LEGGED });
    for await (const _piece of answer) break;
    await assert.rejects(answer.bytes(), (error) => error instanceof OAuth1dError && error.code === "CANCELLED");
    client.close();
  });

  test("an error is of its reason, and is never repeated", async () => {
    const client = new Client(service().settings);
    service().failNext("StreamSignedRequest", "PROVIDER_UNREACHABLE", { sent: "no" });
    await assert.rejects(client.stream("twitter", "GET", "x", { token: TWO_LEGGED }), /PROVIDER_UNREACHABLE/);
    assert.equal(service().calls.length, 1);
    client.close();
  });

  test("a provider's client streams for its user", async () => {
    const oauth = new OAuth({ settings: service().settings });
    const answer = await oauth.client("twitter").stream("GET", "account/verify_credentials.json", { token: service().logIn() });
    assert.equal((await answer.json()).screen_name, "alice");
    oauth.close();
  });
});
