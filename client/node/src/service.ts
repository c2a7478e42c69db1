/** The service's methods with deadlines, errors by reason, and repeats where they are safe. */
import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { createClient, type CallOptions as RpcOptions, type Client as RpcClient } from "@connectrpc/connect";

import type { OAuth1dError } from "./base_error.js";
import { errorFromRpc } from "./error_details.js";
import { answerAfter, errorAfter, pause, pauseBeforeAttempt, pauseBeforeRepeat, repeatOf } from "./retry.js";
import type { ServerSettings } from "./settings.js";
import type { CallOptions } from "./signed_call.js";
import {
  OAuth1Service, SignedRequestRequestSchema, type SignedRequestRequest, type SignedRequestResponse,
} from "./stubs/oauth1d/v1/oauth1d_pb.js";
import { connectToService, type Connection } from "./transport.js";

/** Milliseconds, where the caller gives none. */
export const TIMEOUT_MS = 20_000;
/** The same for signed requests and the end of a login: the service takes 30 s for them at most. */
export const LONG_TIMEOUT_MS = 35_000;
// By how much our deadline outlasts the one that the service is told, so that its own error, which says whether the
// request was sent, still arrives.
const ANSWER_GRACE_MS = 1_000;
// W3C Trace Context section 3.2
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

type Stub = RpcClient<typeof OAuth1Service>;

/** One connection to the service; every method throws an OAuth1dError if there is no answer. */
export class ServiceConnection {
  /** The generated client, without any of what this class adds. */
  readonly stub: Stub;
  readonly #connection: Connection;

  constructor(settings: ServerSettings) {
    this.#connection = connectToService(settings);
    this.stub = createClient(OAuth1Service, this.#connection.transport);
  }

  /** Makes one call. `safe`: the contract says that it may be repeated, so an UNAVAILABLE is, twice at most. */
  async call<T>(
    make: (stub: Stub, options: RpcOptions) => Promise<T>,
    options: CallOptions & { safe?: boolean } = {},
    defaultTimeoutMs = TIMEOUT_MS,
  ): Promise<T> {
    const deadline = performance.now() + (options.timeoutMs ?? defaultTimeoutMs);
    for (let attempt = 1; ; attempt++) {
      const rpc = rpcOptions(options, deadline - performance.now());
      const answer = await settled(make(this.stub, rpc), options.signal);
      if ("value" in answer) return answer.value;
      const wait = options.safe ? pauseBeforeAttempt(answer.error, attempt, deadline - performance.now()) : undefined;
      if (wait === undefined) throw answer.error;
      await pause(wait, options.signal);
    }
  }

  /**
   * Sends one SignedRequest, repeated once, and only where that cannot make a duplicate (`pauseBeforeRepeat`),
   * with the token that was renewed meanwhile. The request's own `timeout` is replaced where `timeoutMs` is given.
   */
  async signedRequest(request: SignedRequestRequest, options: CallOptions = {}): Promise<SignedRequestResponse> {
    const graceMs = options.timeoutMs === undefined ? 0 : ANSWER_GRACE_MS;
    const deadline = performance.now() + (options.timeoutMs ?? LONG_TIMEOUT_MS) + graceMs;
    const send = (message: SignedRequestRequest): ReturnType<typeof settled<SignedRequestResponse>> => {
      const remaining = deadline - performance.now();
      const timed = options.timeoutMs === undefined ? message : withTimeout(message, remaining - graceMs);
      return settled(this.stub.signedRequest(timed, rpcOptions(options, remaining)), options.signal);
    };
    const first = await send(request);
    if ("value" in first) return first.value;
    const remaining = deadline - graceMs - performance.now();
    const wait = pauseBeforeRepeat(first.error, request.call?.method ?? "", remaining);
    if (wait === undefined) throw first.error;
    await pause(wait, options.signal);
    const second = await send(repeatOf(request, first.error));
    if ("error" in second) throw errorAfter(first.error, second.error);
    return answerAfter(first.error, second.value);
  }

  /** Closes the connection; running calls fail. A later call opens a new one. */
  close(): void {
    this.#connection.close();
  }
}

/** What a call hands to Connect: deadline, signal, traceparent. */
export function rpcOptions(options: CallOptions, timeoutMs: number): RpcOptions & { headers?: Record<string, string> } {
  const { traceparent, signal } = options;
  return {
    timeoutMs: Math.max(1, Math.ceil(timeoutMs)), // Connect takes 0 for no deadline
    ...(signal && { signal }),
    ...(traceparent && TRACEPARENT.test(traceparent) && { headers: { traceparent } }),
  };
}

function withTimeout(request: SignedRequestRequest, ms: number): SignedRequestRequest {
  return create(SignedRequestRequestSchema, { ...request, timeout: durationFromMs(Math.max(1, Math.round(ms))) });
}

async function settled<T>(call: Promise<T>, signal?: AbortSignal): Promise<{ value: T } | { error: OAuth1dError }> {
  try {
    return { value: await call };
  } catch (failure) {
    return { error: errorFromRpc(failure, signal) };
  }
}
