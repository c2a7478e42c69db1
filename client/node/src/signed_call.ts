/** The contract's SignedRequestRequest, from JavaScript values. */
import { create } from "@bufbuild/protobuf";

import { setContent, type Content } from "./content.js";
import { credentialsInit, type Credentials } from "./credentials.js";
import { headerMessages, type HeaderFields } from "./headers.js";
import { parameterMessages, type Parameters } from "./parameters.js";
import {
  HttpCallSchema, SignedRequestRequestSchema, type HttpCall, type SignedRequestRequest,
} from "./stubs/oauth1d/v1/oauth1d_pb.js";

/** What every call takes. */
export interface CallOptions {
  /** How long the call may take in all. Default: 35 s for signed requests and the end of a login, else 20 s. */
  readonly timeoutMs?: number | undefined;
  /** Ends the call, also at the provider. */
  readonly signal?: AbortSignal | undefined;
  /** W3C Trace Context: passed on to the service. One that is malformed is dropped. */
  readonly traceparent?: string | null | undefined;
}

/** What to send. */
export interface RequestOptions extends CallOptions, Content {
  /** Follows the query of the url; text is sent byte for byte. */
  readonly params?: Parameters | string | undefined;
  readonly headers?: HeaderFields | undefined;
  /** Which of the provider's configured consumers; only where the token does not know. */
  readonly consumer?: string | undefined;
  /** Fills the host templates of the provider (a shop, a wiki); only where the token does not know. */
  readonly providerParameters?: Parameters | undefined;
}

/** What to send, and for whom. */
export interface SignedRequestOptions extends RequestOptions {
  readonly token: Credentials;
}

/** The request, but for its body and `timeout`. Throws MissingTokenError if `token` holds none. */
export function requestHead(
  provider: string, method: string, url: string, options: Omit<SignedRequestOptions, keyof Content>,
): SignedRequestRequest & { call: HttpCall } {
  const { params } = options;
  const call = create(HttpCallSchema, {
    method: method.toUpperCase(),
    url: typeof params === "string" ? withQuery(url, params) : url,
    query: typeof params === "string" ? [] : parameterMessages(params),
    headers: headerMessages(options.headers),
  });
  const request = create(SignedRequestRequestSchema, {
    provider,
    credentials: credentialsInit(options.token),
    consumer: options.consumer ?? "",
    providerParameters: parameterMessages(options.providerParameters),
  });
  return Object.assign(request, { call });
}

/** The whole request, but for `timeout`. Throws a TypeError if the body is given twice. */
export async function signedCall(
  provider: string, method: string, url: string, options: SignedRequestOptions,
): Promise<SignedRequestRequest> {
  const request = requestHead(provider, method, url, options);
  await setContent(request.call, options);
  return request;
}

function withQuery(url: string, query: string): string {
  const bare = query.replace(/^\?/, "");
  return bare ? `${url}${url.includes("?") ? "&" : "?"}${bare}` : url;
}
