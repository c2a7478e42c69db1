/** Header fields of an answer, and of a request. */
import { create } from "@bufbuild/protobuf";

import { pairsOf } from "./parameters.js";
import { HeaderSchema, type Header } from "./stubs/oauth1d/v1/oauth1d_pb.js";

/** An object, whose values may be lists, or pairs in order, such as `Headers`; a name may repeat. */
export type HeaderFields =
  | Readonly<Record<string, string | Uint8Array | readonly (string | Uint8Array)[]>>
  | Iterable<readonly [string, string | Uint8Array]>;

/** The messages for `headers`, in order. Text is sent as ISO-8859-1, and as UTF-8 where that cannot be. */
export function headerMessages(headers: HeaderFields | undefined): Header[] {
  if (headers === undefined) return [];
  return pairsOf<string | Uint8Array>(headers).map(([name, value]) =>
    create(HeaderSchema, { name, value: typeof value === "string" ? bytesOf(value) : value }));
}

/**
 * The fields of an answer for lookup by name, repeats joined by a comma. A field that the Fetch standard cannot hold
 * is left out; `rawHeaders` has it.
 */
export function webHeaders(messages: readonly Header[]): Headers {
  const headers = new Headers();
  for (const { name, value } of messages) {
    try {
      headers.append(name, Buffer.from(value).toString("latin1"));
    } catch {
      // control characters, or no token for a name
    }
  }
  return headers;
}

function bytesOf(text: string): Uint8Array {
  const latin1 = Buffer.from(text, "latin1");
  return latin1.toString("latin1") === text ? latin1 : Buffer.from(text, "utf8");
}
