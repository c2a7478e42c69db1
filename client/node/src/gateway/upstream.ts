/** Calls to the service by method, with the deadlines and repeats of this package. */
import {
  create, type DescMessage, type DescMethodUnary, type MessageInitShape, type MessageShape,
} from "@bufbuild/protobuf";
import { Code, ConnectError, type CallOptions as RpcOptions, type HandlerContext } from "@connectrpc/connect";

import { OAuth1dError } from "../base_error.js";
import { errorOf } from "../errors.js";
import { LONG_TIMEOUT_MS, ServiceConnection, TIMEOUT_MS } from "../service.js";
import type { ServerSettings } from "../settings.js";
import type { CallOptions } from "../signed_call.js";
import { OAuth1Service, type SignedRequestRequest } from "../stubs/oauth1d/v1/oauth1d_pb.js";

// What the contract calls safe to repeat.
const SAFE = new Set(["StartAuthorization", "CompleteAuthorization", "ListProviders", "RewrapAccessToken"]);

/** The longest deadline that a caller may bring. */
export const MAX_TIMEOUT_MS = 600_000;
// The service takes 30 s at most.
const LONGEST_CALL_MS = 80_000;
// By how much the caller's timer here outlasts the time that the service gets, so that the service's own error, which
// says whether the request was sent, still arrives.
const ANSWER_MS = 300;

type Stub = Record<string, (request: unknown, options: RpcOptions) => Promise<unknown>>;

/** The service. */
export class Upstream {
  readonly #connection: ServiceConnection;

  constructor(settings: ServerSettings) {
    this.#connection = new ServiceConnection(settings);
  }

  /** Calls; throws an OAuth1dError. */
  async call<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>, init: MessageInitShape<I>, options: CallOptions = {},
  ): Promise<MessageShape<O>> {
    try {
      return await this.#call(method, init, options);
    } catch (error) {
      const why: unknown = options.signal?.reason;
      const late = why instanceof ConnectError && why.code === Code.DeadlineExceeded;
      if (!late || !(error instanceof OAuth1dError) || error.code !== "CANCELLED" || error.reason !== "") throw error;
      throw errorOf("the caller's deadline passed", { code: "DEADLINE_EXCEEDED" });
    }
  }

  async #call<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>, init: MessageInitShape<I>, options: CallOptions,
  ): Promise<MessageShape<O>> {
    const request: unknown = create(method.input, init);
    if (method.name === OAuth1Service.method.signedRequest.name) {
      const signed: unknown = await this.#connection.signedRequest(request as SignedRequestRequest, options);
      return signed as MessageShape<O>;
    }
    const answer = await this.#connection.call(
      (stub, rpc) => (stub as unknown as Stub)[method.localName]?.(request, rpc) ?? Promise.reject(new TypeError()),
      { ...options, safe: SAFE.has(method.name) },
      method.name === OAuth1Service.method.completeAuthorization.name ? LONG_TIMEOUT_MS : TIMEOUT_MS,
    );
    return answer as MessageShape<O>;
  }

  close(): void {
    this.#connection.close();
  }
}

/** What of a call to the gateway goes on to the service: deadline, hanging up, trace. */
export function handedOn(context: HandlerContext): CallOptions {
  const left = context.timeoutMs();
  return {
    timeoutMs: left === undefined ? undefined : Math.max(1, Math.min(left, LONGEST_CALL_MS) - ANSWER_MS),
    signal: context.signal,
    traceparent: context.requestHeader.get("traceparent") ?? undefined,
  };
}
