/** The body of a request: `form`, `json`, `body` or `multipart`. */
import { create } from "@bufbuild/protobuf";

import { parameterMessages, type Parameters } from "./parameters.js";
import { HttpCallSchema, PartSchema, type HttpCall, type Part } from "./stubs/oauth1d/v1/oauth1d_pb.js";

/** One part of a multipart/form-data body. */
export interface MultipartPart {
  readonly name: string;
  readonly data: string | Uint8Array | Blob;
  /** Absent: the part is a plain field. */
  readonly filename?: string | undefined;
  readonly contentType?: string | undefined;
}

/** At most one kind of body. */
export interface Content {
  /** Fields of an application/x-www-form-urlencoded body; signed, in order. */
  readonly form?: Parameters | undefined;
  /** Any value that JSON.stringify takes. */
  readonly json?: unknown;
  /** Sent as it is; text as UTF-8. */
  readonly body?: string | Uint8Array | undefined;
  /** The Content-Type of `body`. */
  readonly contentType?: string | undefined;
  /** Parts in order, or a FormData. */
  readonly multipart?: FormData | readonly MultipartPart[] | undefined;
}

const FORM = "application/x-www-form-urlencoded";

/**
 * Fills the body of `call`, whose headers are already there; a Content-Type among them moves to where the contract has
 * it. Throws a TypeError if more than one kind of body is given, or a Content-Type that does not go with it.
 */
export async function setContent(call: HttpCall, content: Content): Promise<void> {
  const kinds = [content.form, content.json, content.body, content.multipart].filter((one) => one !== undefined);
  if (kinds.length > 1) throw new TypeError("give one of form, json, body and multipart");
  const contentType = content.contentType ?? takeContentType(call);
  if (content.body !== undefined) {
    call.content = { case: "body", value: bytesOf(content.body) };
    call.contentType = contentType;
  } else if (content.json !== undefined) {
    call.content = { case: "body", value: bytesOf(JSON.stringify(content.json)) };
    call.contentType = contentType || "application/json";
  } else if (content.multipart !== undefined) {
    requireType(contentType, "multipart/form-data");
    const parts = await Promise.all(partsOf(content.multipart).map(partMessage));
    call.content = create(HttpCallSchema, { content: { case: "multipart", value: { parts } } }).content;
  } else if (content.form !== undefined) {
    requireType(contentType, FORM);
    const fields = parameterMessages(content.form);
    call.content = create(HttpCallSchema, { content: { case: "form", value: { fields } } }).content;
  } else {
    call.contentType = contentType;
  }
}

function partsOf(multipart: FormData | readonly MultipartPart[]): readonly MultipartPart[] {
  if (!(multipart instanceof FormData)) return multipart;
  return [...multipart].map(([name, data]) =>
    typeof data === "string" ? { name, data } : { name, data, filename: data.name });
}

async function partMessage({ name, data, filename, contentType }: MultipartPart): Promise<Part> {
  const blob = data instanceof Blob;
  return create(PartSchema, {
    name,
    filename: filename ?? "",
    contentType: contentType ?? (blob ? data.type : ""),
    data: blob ? new Uint8Array(await data.arrayBuffer()) : bytesOf(data),
  });
}

function takeContentType(call: HttpCall): string {
  const isType = (one: { name: string }): boolean => one.name.toLowerCase() === "content-type";
  const last = call.headers.filter(isType).at(-1);
  call.headers = call.headers.filter((one) => !isType(one));
  return last ? Buffer.from(last.value).toString("latin1") : "";
}

function requireType(contentType: string, expected: string): void {
  if (contentType && contentType.split(";")[0]?.trim().toLowerCase() !== expected) {
    throw new TypeError(`this body is sent as ${expected}, not ${contentType}: leave the header out, or give a body`);
  }
}

function bytesOf(data: string | Uint8Array): Uint8Array {
  return typeof data === "string" ? new TextEncoder().encode(data) : data;
}
