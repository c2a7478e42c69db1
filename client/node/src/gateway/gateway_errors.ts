/** Errors as the two kinds of callers may see them. */
import { create, fromBinary, toBinary, toJson, type DescMessage, type JsonValue } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";

import { OAuth1dError, type GrpcCode } from "../base_error.js";
import { toConnectError } from "../error_details.js";
import { errorOf } from "../errors.js";
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "../stubs/oauth1d/status/v1/status_pb.js";
import { FlowFailureSchema, RenewedTokenSchema } from "../stubs/oauth1d/v1/oauth1d_pb.js";

const READABLE: Readonly<Record<string, DescMessage>> = {
  "google.rpc.ErrorInfo": ErrorInfoSchema,
  "google.rpc.BadRequest": BadRequestSchema,
  "google.rpc.RetryInfo": RetryInfoSchema,
  [FlowFailureSchema.typeName]: FlowFailureSchema,
  [RenewedTokenSchema.typeName]: RenewedTokenSchema,
};
// Between the gateway and the service: nothing that a page, or its user, could mend.
const OPERATORS = new Set(["CALLER_UNKNOWN", "CALLER_NOT_ALLOWED"]);
const refusals = new WeakSet<OAuth1dError>();

/** A refusal by the gateway itself, in words that a page may see; nothing was sent. */
export function refusal(code: GrpcCode, reason: string, description: string): OAuth1dError {
  const error = errorOf(description, { code, reason, metadata: { sent: "no" } });
  refusals.add(error);
  return error;
}

/**
 * For a page: the reason, `sent`, when to try again, and which field of its call was bad. No metadata of the upstream
 * (Connect would send it on as headers of its own), no application state, no renewed token. The service's words may
 * name addresses and hold a provider's words: only those about a bad field go on.
 */
export function forBrowser(error: OAuth1dError): ConnectError {
  if (refusals.has(error)) return toConnectError(error);
  if (error.reason === "") {
    const code = error.code === "DEADLINE_EXCEEDED" || error.code === "CANCELLED" ? error.code : "UNAVAILABLE";
    return toConnectError(errorOf("the login service does not answer", { code }));
  }
  const metadata = { sent: error.sent };
  if (OPERATORS.has(error.reason)) {
    const description = "the gateway or its service is not set up well; the operator must act";
    return toConnectError(errorOf(description, { code: "INTERNAL", reason: "INTERNAL", metadata }));
  }
  const words = error.reason.toLowerCase().replaceAll("_", " ");
  return toConnectError(errorOf(error.code === "INVALID_ARGUMENT" ? error.description : words, {
    code: error.code,
    reason: error.reason,
    metadata,
    fieldViolations: error.fieldViolations.filter(({ field }) => field.startsWith("call.") || field === "call"),
    retryAfter: error.retryAfter,
  }));
}

/** For callers on the server side: everything, each detail also as JSON (`debug`), for those without protobuf. */
export function forServerSide(error: OAuth1dError): ConnectError {
  const rpc = toConnectError(error);
  if (error.renewedAccessToken !== undefined) {
    const renewed = create(RenewedTokenSchema, { accessToken: error.renewedAccessToken });
    rpc.details.push({ type: RenewedTokenSchema.typeName, value: toBinary(RenewedTokenSchema, renewed) });
  }
  for (const detail of rpc.details) {
    if (!("type" in detail)) continue;
    const schema = READABLE[detail.type];
    if (schema) detail.debug = toJson(schema, fromBinary(schema, detail.value)) as JsonValue;
  }
  return rpc;
}

/** What was thrown, as an error of ours; what we do not know is a fault, and its words stay here. */
export function known(thrown: unknown): OAuth1dError {
  if (thrown instanceof OAuth1dError) return thrown;
  if (thrown instanceof ConnectError && thrown.code === Code.Canceled) {
    return errorOf("cancelled", { code: "CANCELLED" });
  }
  return errorOf("a fault of the gateway", { code: "INTERNAL", reason: "INTERNAL", metadata: { sent: "maybe" } });
}
