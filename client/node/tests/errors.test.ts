import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { inspect } from "node:util";

import * as oauth1d from "oauth1d";
import { Client, errorFromRpc, explain, OAuth1dError, toConnectError, TWO_LEGGED } from "oauth1d";
import { ErrorReason } from "oauth1d/stubs/oauth1d_pb";
import { FakeService, type ApiAnswer } from "oauth1d/testing";

import { fakeService } from "./fixture.js";

describe("a failed call", () => {
  const service = fakeService();

  async function failed(reason: string, details = {}, method = "SignedRequest"): Promise<OAuth1dError> {
    service().failNext(method, reason, details);
    const client = new Client(service().settings);
    const call = method === "SignedRequest"
      ? client.signedRequest("twitter", "POST", "x", { token: TWO_LEGGED })
      : client.startAuthorization("twitter", "oob");
    const error: unknown = await call.then(() => assert.fail("it did not fail"), (one: unknown) => one);
    client.close();
    assert.ok(error instanceof OAuth1dError);
    return error;
  }

  test("every reason of the contract has a class of its own, and a page", async () => {
    const reasons = Object.keys(ErrorReason).filter((name) => !/^\d|UNSPECIFIED/.test(name));
    assert.deepEqual([...oauth1d.REASONS].sort(), reasons.sort());
    const classes = new Set<unknown>();
    for (const reason of reasons) {
      const error = await failed(reason, { sent: "maybe", retryAfter: 60 });
      assert.equal(error.reason, reason);
      assert.notEqual(error.constructor, OAuth1dError);
      classes.add(error.constructor);
      assert.ok((explain(error)?.status ?? 0) >= 400);
    }
    assert.equal(classes.size, reasons.length);
  });

  test("the time that ran out and the service's own fault are told apart", async () => {
    const late = await failed("DEADLINE");
    assert.ok(late instanceof oauth1d.DeadlineExceeded && explain(late)?.status === 504);
    const fault = await failed("INTERNAL");
    assert.ok(fault instanceof oauth1d.Internal && fault.code === "INTERNAL");
  });

  test("all details arrive", async () => {
    const error = await failed("QUOTA_EXCEEDED", {
      message: "slow down", sent: "no", retryAfter: 2.5, metadata: { provider: "twitter" },
      violations: { "call.url": "is bad" }, appState: new TextEncoder().encode("/cart"),
    });
    assert.ok(error instanceof oauth1d.QuotaExceeded && error instanceof oauth1d.ResourceExhausted);
    assert.equal(error.code, "RESOURCE_EXHAUSTED");
    assert.equal(error.message, "QUOTA_EXCEEDED: slow down (call.url: is bad)");
    assert.deepEqual([error.sent, error.retryAfter, error.appState], ["no", 2.5, "/cart"]);
    assert.deepEqual(error.metadata, { sent: "no", provider: "twitter" });
    assert.deepEqual(error.fieldViolations, [{ field: "call.url", description: "is bad" }]);
  });

  test("a reason of the future is judged by its code", () => {
    const future = toConnectError(new OAuth1dError("new", { code: "NOT_FOUND", reason: "MOVED_AWAY" }));
    future.metadata.set("grpc-status", "5");
    const error = errorFromRpc(future);
    assert.equal(error.constructor, oauth1d.NotFound);
    assert.equal(error.reason, "MOVED_AWAY");
  });

  test("nothing of the upstream's headers and trailers is passed on", async () => {
    const error = await failed("DESTINATION_DENIED");
    const rpc = toConnectError(error);
    assert.deepEqual([...rpc.metadata], []);
    const shown = inspect(error, { showHidden: true, depth: 9 });
    for (const name of ["grpc-status", "content-type", "application/grpc"]) assert.ok(!shown.includes(name), name);
  });

  test("a renewed token is there for the program, and nowhere else", () => {
    const error = new OAuth1dError("x", { code: "UNAVAILABLE", renewedAccessToken: "oa1_secret" });
    assert.equal(error.renewedAccessToken, "oa1_secret");
    assert.ok(!inspect(error, { showHidden: true }).includes("oa1_secret") && !JSON.stringify(error).includes("oa1_"));
    assert.ok(!JSON.stringify(toConnectError(error).details).includes(Buffer.from("oa1_secret").toString("base64")));
  });

  test("nobody listens: UNAVAILABLE without a reason, and it may have been sent for all we know", async () => {
    const gone = await FakeService.start();
    const { settings } = gone;
    await gone.stop();
    const client = new Client(settings);
    await assert.rejects(client.signedRequest("twitter", "POST", "x", { token: TWO_LEGGED }), (error) =>
      error instanceof oauth1d.Unavailable && error.code === "UNAVAILABLE" && error.reason === "" && error.sent === "maybe");
    client.close();
  });
});

describe("the one repeat", () => {
  const service = fakeService();

  async function attempts(method: string, reason: string, details = {}): Promise<number> {
    service().failNext("SignedRequest", reason, details);
    const client = new Client(service().settings);
    await client.signedRequest("twitter", method, "x", { token: TWO_LEGGED }).catch(() => undefined);
    client.close();
    return service().calls.length;
  }

  for (const [method, reason, details, expected] of [
    ["POST", "PROVIDER_UNREACHABLE", { sent: "no" }, 2],
    ["POST", "PROVIDER_UNREACHABLE", { sent: "maybe" }, 1],
    ["POST", "", {}, 1],
    ["DELETE", "", {}, 1],
    ["GET", "", {}, 2],
    ["HEAD", "PROVIDER_UNREACHABLE", { sent: "maybe" }, 2],
    ["GET", "OUTCOME_UNKNOWN", { sent: "maybe" }, 1],
    ["GET", "OVERLOADED", { sent: "no" }, 1],
    ["GET", "PROVIDER_BUSY", { sent: "no", retryAfter: 30 }, 1],
    ["GET", "", { times: 9 }, 2],
  ] as const) {
    test(`${method} after ${reason || "a broken connection"} ${JSON.stringify(details)}: ${expected} in all`, async () => {
      assert.equal(await attempts(method, reason, details), expected);
    });
  }

  test("it is made with the token that was renewed before the failure, and tells of it", async () => {
    const client = new Client(service().settings);
    const old = service().logIn();
    const renewed = service().logIn().accessToken;
    const used = (): unknown[] => service().calls.map(({ message }) =>
      (message as { credentials: { value: string } }).credentials.value);
    const details = { sent: "no", renewedAccessToken: renewed } as const;
    service().failNext("SignedRequest", "PROVIDER_UNREACHABLE", details);
    const answer = await client.signedRequest("twitter", "POST", "x", { token: old });
    assert.equal(answer.replacementAccessToken, renewed);
    assert.deepEqual(used(), [old.accessToken, renewed]);

    service().failNext("SignedRequest", "PROVIDER_UNREACHABLE", details);
    service().failNext("SignedRequest", "PROVIDER_BUSY", { retryAfter: 60 });
    await assert.rejects(client.signedRequest("twitter", "POST", "x", { token: old }), (error) =>
      error instanceof oauth1d.ProviderBusy && error.renewedAccessToken === renewed && error.retryAfter === 60
      && error.sent === "no");
    assert.deepEqual(used().slice(2), [old.accessToken, renewed]);
    client.close();
  });

  test("a login step is made three times at most", async () => {
    service().failNext("StartAuthorization", "STORE_UNAVAILABLE", { times: 2 });
    const client = new Client(service().settings);
    await client.startAuthorization("twitter", "oob");
    service().failNext("StartAuthorization", "", { times: 9 });
    await assert.rejects(client.startAuthorization("twitter", "oob"), oauth1d.Unavailable);
    client.close();
    assert.equal(service().calls.length, 6);
  });

  test("a new connection is made after the old one died", async () => {
    const client = new Client(service().settings);
    await client.listProviders();
    service().dropConnections();
    await client.signedRequest("twitter", "GET", "x", { token: TWO_LEGGED });
    client.close();
  });
});

describe("time", () => {
  const service = fakeService();

  test("a deadline is always told to the service, and ends a call", async () => {
    const client = new Client(service().settings);
    const released = new AbortController();
    service().api().respond("GET", "slow", () => answeredAfter(released.signal));
    await client.listProviders();
    const told = service().calls.at(-1)?.headers.get("grpc-timeout");
    assert.match(told ?? "", /^(20000|199\d\d)m$/);
    await assert.rejects(
      client.signedRequest("twitter", "GET", "slow", { token: TWO_LEGGED, timeoutMs: 50 }), oauth1d.DeadlineExceeded);
    const { timeout } = service().calls.at(-1)?.message as { timeout: { nanos: number } };
    assert.ok(timeout.nanos > 0 && timeout.nanos <= 50_000_000);
    released.abort();
    client.close();
  });

  test("a signal ends a call", async () => {
    const client = new Client(service().settings);
    const [stop, released] = [new AbortController(), new AbortController()];
    service().api().respond("POST", "slow", () => {
      stop.abort(new Error("the user left"));
      return answeredAfter(released.signal);
    });
    await assert.rejects(
      client.signedRequest("twitter", "POST", "slow", { token: TWO_LEGGED, signal: stop.signal }), (error) =>
        error instanceof oauth1d.DeadlineExceeded && error.code === "CANCELLED" && error.sent === "maybe"
        && (error.cause as Error).message === "the user left");
    released.abort();
    client.close();
  });
});

/** An answer that comes once the test is over: what never answers would keep the process alive until its deadline. */
async function answeredAfter(signal: AbortSignal): Promise<ApiAnswer> {
  if (!signal.aborted) await once(signal, "abort");
  return {};
}
