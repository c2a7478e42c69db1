/** Bodies of any size, both ways, over StreamSignedRequest. */
import type { EventEmitter } from "node:events";

import { create } from "@bufbuild/protobuf";

import { AnswerHead, decoded, problemOf, type ProviderProblem } from "./answer.js";
import { setContent, type Content, type MultipartPart } from "./content.js";
import { errorFromRpc } from "./error_details.js";
import { errorOf } from "./errors.js";
import { rpcOptions, type ServiceConnection } from "./service.js";
import { requestHead, type SignedRequestOptions } from "./signed_call.js";
import {
  StreamSignedRequestRequestSchema, type Header, type SignedRequestRequest, type StreamEnd,
  type StreamSignedRequestRequest, type StreamSignedRequestResponse,
} from "./stubs/oauth1d/v1/oauth1d_pb.js";

const STREAM_TIMEOUT_MS = 3_600_000; // the service's own limit
const MOST_TIMEOUT_MS = 99_999_999; // grpc-timeout has eight digits
const CHUNK_BYTES = 64 * 1024;

/** Bytes that are made or read while they are sent; text as UTF-8. A ReadableStream and a node:stream are some. */
export type ByteSource = AsyncIterable<Uint8Array | string>;

/** What to stream. `timeoutMs` is for the whole exchange; default: an hour, the service's limit. */
export interface StreamOptions extends Omit<SignedRequestOptions, "body" | "multipart"> {
  /** The body; a ByteSource is sent as it comes. */
  readonly body?: string | Uint8Array | ByteSource | undefined;
  /** Parts in order; the data of the last one may be a ByteSource. */
  readonly multipart?:
    | FormData
    | readonly (MultipartPart | (Omit<MultipartPart, "data"> & { readonly data: ByteSource }))[]
    | undefined;
  /** How many bytes the ByteSource will give; without it they go out in HTTP chunks, which some providers refuse. */
  readonly contentLength?: number | bigint | undefined;
}

/** An answer whose body comes in pieces. Read it to its end, or call `cancel`. */
export class StreamedAnswer extends AnswerHead implements AsyncIterable<Uint8Array> {
  readonly #pieces: AsyncIterator<Uint8Array, StreamEnd>;
  readonly #cancel: () => void;
  #end: StreamEnd | undefined;

  /** Made by `Client.stream`. */
  constructor(status: number, headers: readonly Header[], pieces: AsyncIterator<Uint8Array, StreamEnd>,
    cancel: () => void) {
    super(status, headers);
    this.#pieces = pieces;
    this.#cancel = cancel;
  }

  /** Known when the body was read to its end. */
  get providerProblem(): ProviderProblem | undefined {
    return problemOf(this.#end?.providerProblem);
  }

  /** Known when the body was read to its end. True: the provider no longer takes this token. */
  get tokenRejected(): boolean {
    return this.#end?.tokenRejected ?? false;
  }

  /** Known when the body was read to its end: if set, keep it in place of the token that was used. */
  get replacementAccessToken(): string | undefined {
    return this.#end?.replacementAccessToken || undefined;
  }

  /** The body's pieces, once. Throws an OAuth1dError if the answer was cut off; leaving the loop cancels the call. */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return {
      next: async () => {
        const step = await this.#pieces.next();
        if (!step.done) return step;
        this.#end ??= step.value;
        return { done: true, value: undefined };
      },
      return: async () => {
        this.cancel();
        return { done: true, value: undefined };
      },
    };
  }

  /** The whole body. */
  async bytes(): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  /** The whole body as text. */
  async text(): Promise<string> {
    return decoded(await this.bytes(), this.headers);
  }

  /** The whole body parsed as JSON. */
  async json<T = any>(): Promise<T> {
    return JSON.parse(await this.text()) as T;
  }

  /** Ends the call, also at the provider. */
  cancel(): void {
    this.#cancel();
  }
}

/**
 * Listens for errors of the bodies to stream. To be called before anything is awaited: a node:stream that fails while
 * nobody listens, such as a file that is not there, ends the process. The iterator still throws the error.
 */
export function watchSources({ body, multipart }: Pick<StreamOptions, "body" | "multipart">): void {
  const last = multipart && !(multipart instanceof FormData) ? multipart.at(-1)?.data : undefined;
  for (const source of [body, last]) {
    if (isSource(source)) (source as Partial<EventEmitter>).on?.("error", () => undefined);
  }
}

/** Starts the exchange; resolves when the provider's status and headers are there. */
export async function openStream(
  service: ServiceConnection, provider: string, method: string, url: string, options: StreamOptions,
): Promise<StreamedAnswer> {
  watchSources(options);
  const { request, source } = await streamHead(provider, method, url, options);
  const ended = new AbortController();
  const late = new AbortController();
  const signals = [ended.signal, late.signal, ...(options.signal ? [options.signal] : [])];
  const signal = AbortSignal.any(signals);
  const timeoutMs = Math.max(1, Math.ceil(options.timeoutMs ?? STREAM_TIMEOUT_MS));
  // Not Connect's own deadline: its timer lives on after an answer that nobody reads to the end, and keeps the process.
  const timer = setTimeout(() => late.abort(), timeoutMs).unref();
  const upload = new Upload(request, source);
  const { timeoutMs: _unused, headers, ...rest } = rpcOptions({ ...options, signal }, timeoutMs);
  const rpc = { ...rest, headers: { ...headers, "grpc-timeout": `${Math.min(timeoutMs, MOST_TIMEOUT_MS)}m` } };
  const messages = service.stub.streamSignedRequest(upload.messages(), rpc)[Symbol.asyncIterator]();
  const next = async (): Promise<StreamSignedRequestResponse["message"]> => {
    try {
      const step = await messages.next();
      return step.done ? { case: undefined } : step.value.message;
    } catch (failure) {
      const error = upload.failed ? upload.failure : late.signal.aborted
        ? errorOf("the stream took too long", { code: "DEADLINE_EXCEEDED" })
        : errorFromRpc(failure, signal);
      clearTimeout(timer);
      upload.stop();
      throw error;
    }
  };
  const first = await next();
  if (first.case !== "head") {
    ended.abort();
    upload.stop();
    throw errorOf("the service answered without a head", { code: "INTERNAL" });
  }
  const pieces = piecesOf(next, () => {
    clearTimeout(timer);
    upload.stop();
  });
  return new StreamedAnswer(first.value.statusCode, first.value.headers, pieces, () => {
    ended.abort(new Error("the answer was left unread"));
    clearTimeout(timer);
    upload.stop();
  });
}

async function* piecesOf(
  next: () => Promise<StreamSignedRequestResponse["message"]>, stop: () => void,
): AsyncGenerator<Uint8Array, StreamEnd, undefined> {
  let end: StreamEnd | undefined;
  for (;;) {
    const message = await next();
    if (message.case === "chunk") {
      yield message.value;
    } else if (message.case === "end") {
      end = message.value; // the status of the RPC is still to come
    } else {
      stop();
      if (end) return end;
      throw errorOf("the answer was cut off", { code: "UNAVAILABLE", metadata: { sent: "yes" } });
    }
  }
}

/** The request's messages; a source that fails ends the call without an end, so that nobody takes it for whole. */
class Upload {
  failed = false;
  failure: unknown;
  readonly #request: SignedRequestRequest;
  readonly #pieces: AsyncIterator<Uint8Array | string> | undefined;

  constructor(request: SignedRequestRequest, source: ByteSource | undefined) {
    this.#request = request;
    this.#pieces = source?.[Symbol.asyncIterator]();
  }

  async *messages(): AsyncGenerator<StreamSignedRequestRequest> {
    yield create(StreamSignedRequestRequestSchema, { message: { case: "head", value: this.#request } });
    for (;;) {
      const piece = await this.#next();
      if (piece === undefined) break;
      const bytes = typeof piece === "string" ? new TextEncoder().encode(piece) : piece;
      for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
        const value = bytes.subarray(at, at + CHUNK_BYTES);
        yield create(StreamSignedRequestRequestSchema, { message: { case: "chunk", value } });
      }
    }
    yield create(StreamSignedRequestRequestSchema, { message: { case: "end", value: {} } });
  }

  /** Lets go of the source: an answer may come before the upload is whole. */
  stop(): void {
    this.#pieces?.return?.()?.catch(() => undefined);
  }

  async #next(): Promise<Uint8Array | string | undefined> {
    try {
      const step = await this.#pieces?.next();
      return step?.done ? undefined : step?.value;
    } catch (failure) {
      this.failed = true;
      this.failure = failure;
      throw failure;
    }
  }
}

async function streamHead(provider: string, method: string, url: string, options: StreamOptions):
  Promise<{ request: SignedRequestRequest; source: ByteSource | undefined }> {
  const request = requestHead(provider, method, url, options);
  const { form, json, contentType } = options;
  let { body, multipart } = options;
  let source: ByteSource | undefined;
  if (isSource(body)) {
    source = body;
    body = "";
  } else if (multipart && !(multipart instanceof FormData)) {
    const last = multipart.at(-1);
    if (last && isSource(last.data)) {
      source = last.data;
      multipart = [...multipart.slice(0, -1), { ...last, data: "" }];
    }
  }
  await setContent(request.call, { form, json, body, contentType, multipart } as Content);
  if (source && request.call.content.case === "body") request.call.content = { case: undefined };
  if (source && options.contentLength !== undefined) request.call.contentLength = BigInt(options.contentLength);
  return { request, source };
}

function isSource(value: unknown): value is ByteSource {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
