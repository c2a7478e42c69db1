/** Calls to the service by method, with the deadlines and repeats of this package. */
import {
  create, type DescMessage, type DescMethodUnary, type MessageInitShape, type MessageShape,
} from "@bufbuild/protobuf";
import type { CallOptions as RpcOptions } from "@connectrpc/connect";

import { LONG_TIMEOUT_MS, ServiceConnection, TIMEOUT_MS } from "../service.js";
import type { ServerSettings } from "../settings.js";
import type { CallOptions } from "../signed_call.js";
import { OAuth1Service, type SignedRequestRequest } from "../stubs/oauth1d/v1/oauth1d_pb.js";

// What the contract calls safe to repeat.
const SAFE = new Set(["StartAuthorization", "CompleteAuthorization", "ListProviders", "RewrapAccessToken"]);

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
