/** A provider's answer, in the manner of fetch. */
import { STATUS_CODES } from "node:http";

import { webHeaders } from "./headers.js";
import type { Header, ProviderProblem as ProblemMessage, SignedRequestResponse } from "./stubs/oauth1d/v1/oauth1d_pb.js";

/** What the provider said was wrong with the OAuth part of a request. */
export interface ProviderProblem {
  /** Such as "nonce_used". */
  readonly problem: string;
  /** For people; escape it before you show it. */
  readonly advice: string;
}

/** What one can say of an answer before its body. */
export class AnswerHead {
  readonly status: number;
  readonly statusText: string;
  /** For lookup by name, without regard to case; a name that repeats reads as its values joined by a comma. */
  readonly headers: Headers;
  /** As they came, in order, with repeats. */
  readonly rawHeaders: ReadonlyArray<readonly [name: string, value: Uint8Array]>;

  constructor(status: number, headers: readonly Header[]) {
    this.status = status;
    this.statusText = STATUS_CODES[status] ?? "";
    this.headers = webHeaders(headers);
    this.rawHeaders = headers.map(({ name, value }) => [name, value] as const);
  }

  /** Whether the status is 2xx. */
  get ok(): boolean {
    return this.status >= 200 && this.status <= 299;
  }

  /** Throws HttpStatusError unless the status is 2xx; returns the answer itself otherwise. */
  throwForStatus(): this {
    if (!this.ok) throw new HttpStatusError(this);
    return this;
  }
}

/** An answer whose status is not 2xx, from `throwForStatus`. */
export class HttpStatusError extends Error {
  readonly answer: AnswerHead;

  constructor(answer: AnswerHead) {
    super(`the provider answered ${answer.status} ${answer.statusText}`.trimEnd());
    this.name = "HttpStatusError";
    this.answer = answer;
    Object.defineProperty(this, "answer", { enumerable: false }); // a user's data, not for logs
  }
}

/** What the provider answered, as a whole. Redirects are not followed: a 302 is an answer. */
export class Answer extends AnswerHead {
  readonly providerProblem: ProviderProblem | undefined;
  /** True: the provider no longer takes this token. Log the user in again. */
  readonly tokenRejected: boolean;
  readonly #body: Uint8Array;
  readonly #replacement: string | undefined;

  constructor(message: SignedRequestResponse) {
    super(message.answer?.statusCode ?? 0, message.answer?.headers ?? []);
    this.#body = message.answer?.body ?? new Uint8Array();
    this.providerProblem = problemOf(message.providerProblem);
    this.tokenRejected = message.tokenRejected;
    this.#replacement = message.replacementAccessToken || undefined;
  }

  /** If set, keep this access token in place of the one that was used. */
  get replacementAccessToken(): string | undefined {
    return this.#replacement;
  }

  /** The body as it came; not decompressed. */
  bytes(): Uint8Array {
    return this.#body;
  }

  /** The body as text, by the charset of Content-Type, else as UTF-8; U+FFFD stands for bytes that do not fit. */
  text(): string {
    return decoded(this.#body, this.headers);
  }

  /** The body parsed as JSON. Throws a SyntaxError if it is none. */
  json<T = any>(): T {
    return JSON.parse(this.text()) as T;
  }
}

/** The problem that a message carries. */
export function problemOf(message: ProblemMessage | undefined): ProviderProblem | undefined {
  return message && { problem: message.problem, advice: message.advice };
}

/** Bytes as text, by the charset of Content-Type, else as UTF-8. */
export function decoded(bytes: Uint8Array, headers: Headers): string {
  const charset = /;\s*charset="?([^\s;"]+)/i.exec(headers.get("content-type") ?? "")?.[1];
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch { // an unknown charset
    return new TextDecoder().decode(bytes);
  }
}
