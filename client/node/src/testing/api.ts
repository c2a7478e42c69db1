/** A provider's API, as a test arranges it. */
import { create } from "@bufbuild/protobuf";

import { headerMessages, webHeaders, type HeaderFields } from "../headers.js";
import { parameterPairs, type ParameterPairs } from "../parameters.js";
import { HttpAnswerSchema, type HttpAnswer, type HttpCall } from "../stubs/oauth1d/v1/oauth1d_pb.js";
import { failure } from "./failure.js";
import { profileOf, type User } from "./user.js";

/** One signed request, as the provider would have received it. */
export interface ApiRequest {
  readonly provider: string;
  readonly method: string;
  /** Relative to the API, without the query. */
  readonly path: string;
  readonly query: ParameterPairs;
  readonly headers: Headers;
  readonly form: ParameterPairs;
  /** The body, if it is no form and no multipart. */
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly parts: ReadonlyArray<{ name: string; filename: string; contentType: string; data: Uint8Array }>;
  /** Undefined if it was two-legged. */
  readonly user: User | undefined;
  readonly streamed: boolean;
}

/** What the provider answers: `json`, or else `body`. */
export interface ApiAnswer {
  readonly status?: number | undefined;
  readonly json?: unknown;
  readonly body?: string | Uint8Array | undefined;
  readonly headers?: HeaderFields | undefined;
  readonly tokenRejected?: boolean | undefined;
}

/** An answer, or what makes one. */
export type Responder = ApiAnswer | ((request: ApiRequest) => ApiAnswer | Promise<ApiAnswer>);

/** What a provider says to a token that it takes no more. */
export const REJECTED: ApiAnswer = {
  status: 401, json: { errors: [{ message: "Invalid or expired token." }] }, tokenRejected: true,
};

/**
 * account/verify_credentials.json is there from the beginning; what a test has not arranged is a 404. `baseUrl` may be
 * set to the real provider's, for applications that call its API by absolute URLs.
 */
export class FakeApi {
  readonly provider: string;
  baseUrl: string;
  readonly #answers = new Map<string, Responder>();

  constructor(provider: string) {
    this.provider = provider;
    this.baseUrl = `https://api.${provider}.example/1.1/`;
    this.respond("GET", "account/verify_credentials.json", ({ user }) => user ? { json: profileOf(user) } : REJECTED);
  }

  /** From now on `method` `path` (as in `client.get(...)`, without a query) is answered so. */
  respond(method: string, path: string, answer: Responder): void {
    this.#answers.set(`${method.toUpperCase()} ${path.replace(/^\//, "").replace(/\?.*/, "")}`, answer);
  }

  /** What the provider says to `request`. */
  async answerTo(request: ApiRequest): Promise<ApiAnswer> {
    const key = `${request.method} ${request.path}`;
    const found = this.#answers.get(key);
    if (!found) return { status: 404, json: { errors: [{ message: `nothing at ${key}` }] } };
    return typeof found === "function" ? found(request) : found;
  }

  /** `call` as the provider receives it. Throws DESTINATION_DENIED for one that leads elsewhere. */
  requestOf(call: HttpCall, user: User | undefined, streamed: boolean): ApiRequest {
    const url = URL.canParse(call.url, this.baseUrl) ? new URL(call.url, this.baseUrl) : undefined;
    if (!url?.href.startsWith(this.baseUrl)) {
      throw failure("DESTINATION_DENIED", { message: `the url lies outside ${this.baseUrl}` });
    }
    const { content } = call;
    return {
      provider: this.provider,
      method: call.method,
      path: url.href.slice(this.baseUrl.length).replace(/\?.*/, ""),
      query: [...url.searchParams, ...parameterPairs(call.query)],
      headers: webHeaders(call.headers),
      form: formOf(call),
      body: content.case === "body" ? content.value : new Uint8Array(),
      contentType: call.contentType,
      parts: content.case === "multipart" ? content.value.parts : [],
      user,
      streamed,
    };
  }
}

/** An answer in the contract's terms. */
export function answerMessage(answer: ApiAnswer): HttpAnswer {
  const headers = headerMessages(answer.headers);
  const text = answer.json === undefined ? answer.body ?? "" : JSON.stringify(answer.json);
  if (answer.json !== undefined && !headers.some(({ name }) => name.toLowerCase() === "content-type")) {
    headers.push(...headerMessages({ "content-type": "application/json" }));
  }
  const body = typeof text === "string" ? new TextEncoder().encode(text) : text;
  return create(HttpAnswerSchema, { statusCode: answer.status ?? 200, headers, body });
}

function formOf({ content, contentType }: HttpCall): ParameterPairs {
  if (content.case === "form") return parameterPairs(content.value.fields);
  const isForm = contentType.split(";")[0]?.trim().toLowerCase() === "application/x-www-form-urlencoded";
  return isForm && content.case === "body" ? [...new URLSearchParams(Buffer.from(content.value).toString())] : [];
}
