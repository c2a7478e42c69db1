/** What the service refuses to sign (the contract's comments on HttpCall). */
import type { Header, HttpCall, Parameter } from "../stubs/oauth1d/v1/oauth1d_pb.js";
import { invalid } from "./failure.js";

const METHODS = new Set(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]);
const MOST_BODY = 3_670_016; // 3.5 MiB
const MOST_URL = 8192;
const MOST_HEADERS = 100;
const MOST_HEADER_BYTES = 32 * 1024;
// RFC 3986 section 2, without "#"
const URL_TEXT = /^(?:[\w.~:/?[\]@!$&'()*+,;=-]|%[0-9a-f]{2})+$/i;
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/; // RFC 9110 section 5.6.2
const OURS = new Set([
  "host", "authorization", "content-length", "transfer-encoding", "connection", "te", "keep-alive", "trailer",
  "upgrade", "expect", "cookie", "cookie2", "http2-settings", "via", "forwarded",
]);

/** Throws INVALID_REQUEST, which names the field, for a call that is not to be signed. */
export function checkCall(call: HttpCall, streamed: boolean): void {
  if (!METHODS.has(call.method)) throw invalid("call.method", "is no method that can be signed, in upper case");
  if (call.contentType && call.content.case !== "body" && call.content.case !== undefined) {
    throw invalid("call.content_type", "goes with a body only");
  }
  if (call.url.length > MOST_URL) throw invalid("call.url", "is longer than 8 KiB");
  if (!URL_TEXT.test(call.url)) {
    throw invalid("call.url", "is empty, or has a fragment or a character that a URL may not hold: percent-encode it");
  }
  checkNames([...new URLSearchParams(call.url.split("?").slice(1).join("?"))].map(([name]) => name), "call.url");
  checkNames(namesOf(call.query), "call.query");
  if (call.content.case === "form") checkNames(namesOf(call.content.value.fields), "call.form.fields");
  checkHeaders(call.headers);
  if (!streamed && bodyBytes(call) > MOST_BODY) throw invalid("call.body", "is larger than 3.5 MiB; stream it");
}

function checkNames(names: readonly string[], field: string): void {
  if (names.some((name) => /^oauth_/i.test(name))) {
    throw invalid(field, "has a name that begins with oauth_; those parameters are the service's");
  }
}

function namesOf(parameters: readonly Parameter[]): string[] {
  return parameters.map(({ name }) => name);
}

function checkHeaders(headers: readonly Header[]): void {
  const bytes = headers.reduce((sum, { name, value }) => sum + Buffer.byteLength(name) + value.length, 0);
  if (headers.length > MOST_HEADERS || bytes > MOST_HEADER_BYTES) {
    throw invalid("call.headers", "has more than 100 fields or 32768 bytes");
  }
  headers.forEach(({ name, value }, i) => {
    const path = `call.headers[${i}]`;
    const plain = name.toLowerCase().replaceAll("_", "-");
    if (!TOKEN.test(name)) throw invalid(`${path}.name`, "is no header name (RFC 9110 section 5.6.2)");
    if (plain === "content-type") throw invalid(`${path}.name`, "is told by the field content_type");
    if (OURS.has(plain) || plain.startsWith("proxy-")) throw invalid(`${path}.name`, "is the service's to set");
    if (value.some((byte) => byte === 0x7f || (byte < 0x20 && byte !== 0x09))) {
      throw invalid(`${path}.value`, "has a control character");
    }
  });
}

function bodyBytes({ content }: HttpCall): number {
  if (content.case === "body") return content.value.length;
  if (content.case === "multipart") return content.value.parts.reduce((sum, { data }) => sum + data.length, 0);
  if (content.case !== "form") return 0;
  const fields = content.value.fields.map(({ name, content: { value = "" } }) => [name, String(value)]);
  return String(new URLSearchParams(fields)).length;
}
