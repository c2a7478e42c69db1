/** From a failed gRPC call to the error of its reason, and back. */
import { create, fromBinary, toBinary, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import type { Duration } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";

import type { ErrorFacts, GrpcCode, OAuth1dError } from "./base_error.js";
import { errorOf } from "./errors.js";
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "./stubs/oauth1d/status/v1/status_pb.js";
import { FlowFailureSchema, RenewedTokenSchema } from "./stubs/oauth1d/v1/oauth1d_pb.js";

const DOMAIN = "oauth1d";
// Google's names: the stubs are wire-compatible messages of another name, so ConnectError.findDetails does not find them.
const ERROR_INFO = "google.rpc.ErrorInfo";
const BAD_REQUEST = "google.rpc.BadRequest";
const RETRY_INFO = "google.rpc.RetryInfo";

const NAMES: Readonly<Record<Code, GrpcCode>> = {
  [Code.Canceled]: "CANCELLED",
  [Code.Unknown]: "UNKNOWN",
  [Code.InvalidArgument]: "INVALID_ARGUMENT",
  [Code.DeadlineExceeded]: "DEADLINE_EXCEEDED",
  [Code.NotFound]: "NOT_FOUND",
  [Code.AlreadyExists]: "ALREADY_EXISTS",
  [Code.PermissionDenied]: "PERMISSION_DENIED",
  [Code.ResourceExhausted]: "RESOURCE_EXHAUSTED",
  [Code.FailedPrecondition]: "FAILED_PRECONDITION",
  [Code.Aborted]: "ABORTED",
  [Code.OutOfRange]: "OUT_OF_RANGE",
  [Code.Unimplemented]: "UNIMPLEMENTED",
  [Code.Internal]: "INTERNAL",
  [Code.Unavailable]: "UNAVAILABLE",
  [Code.DataLoss]: "DATA_LOSS",
  [Code.Unauthenticated]: "UNAUTHENTICATED",
};
// What Connect makes of a connection that broke: to a caller they are all the same.
const BROKEN = new Set([Code.Aborted, Code.Canceled, Code.Internal, Code.Unknown]);

/** A protobuf Duration in seconds. */
export function seconds(duration: Duration): number {
  return Number(duration.seconds) + duration.nanos / 1e9;
}

/**
 * The error for whatever a call threw. Details that cannot be parsed, or are another domain's, are ignored: the gRPC
 * code then judges alone. `signal` is the caller's own: a call that it ended is CANCELLED. Nothing of the upstream's
 * headers and trailers is kept.
 */
export function errorFromRpc(failure: unknown, signal?: AbortSignal): OAuth1dError {
  const rpc = ConnectError.from(failure);
  const fromService = rpc.metadata.has("grpc-status") || rpc.metadata.has("grpc-status-details-bin");
  if (!fromService) return transportError(rpc, signal);
  const facts: ErrorFacts = { code: NAMES[rpc.code] };
  for (const detail of rpc.details) {
    if (!("type" in detail)) continue;
    if (detail.type === ERROR_INFO) {
      const info = parsed(ErrorInfoSchema, detail.value);
      if (info?.domain === DOMAIN) Object.assign(facts, { reason: info.reason, metadata: info.metadata });
    } else if (detail.type === BAD_REQUEST) {
      const violations = parsed(BadRequestSchema, detail.value)?.fieldViolations ?? [];
      facts.fieldViolations = violations.map(({ field, description }) => ({ field, description }));
    } else if (detail.type === RETRY_INFO) {
      const delay = parsed(RetryInfoSchema, detail.value)?.retryDelay;
      if (delay) facts.retryAfter = seconds(delay);
    } else if (detail.type === FlowFailureSchema.typeName) {
      facts.appState = parsed(FlowFailureSchema, detail.value)?.appState;
    } else if (detail.type === RenewedTokenSchema.typeName) {
      facts.renewedAccessToken = parsed(RenewedTokenSchema, detail.value)?.accessToken || undefined;
    }
  }
  return errorOf(rpc.rawMessage || "no description", facts);
}

/**
 * The same failure as a ConnectError with fresh metadata, for a server that passes it on. A renewed token stays here:
 * it is a secret.
 */
export function toConnectError(error: OAuth1dError): ConnectError {
  const code = Number(Object.keys(NAMES).find((one) => NAMES[Number(one) as Code] === error.code) ?? Code.Internal);
  const rpc = new ConnectError(error.description, code);
  const add = <D extends DescMessage>(type: string, schema: D, message: MessageShape<D>): void => {
    rpc.details.push({ type, value: toBinary(schema, message) });
  };
  if (error.reason) {
    const { reason, metadata } = error;
    add(ERROR_INFO, ErrorInfoSchema, create(ErrorInfoSchema, { reason, domain: DOMAIN, metadata: { ...metadata } }));
  }
  if (error.fieldViolations.length > 0) {
    const fieldViolations = error.fieldViolations.map((one) => ({ ...one }));
    add(BAD_REQUEST, BadRequestSchema, create(BadRequestSchema, { fieldViolations }));
  }
  if (error.retryAfter !== undefined) {
    const whole = Math.floor(error.retryAfter);
    const retryDelay = { seconds: BigInt(whole), nanos: Math.round((error.retryAfter - whole) * 1e9) };
    add(RETRY_INFO, RetryInfoSchema, create(RetryInfoSchema, { retryDelay }));
  }
  if (error.appStateBytes) {
    add(FlowFailureSchema.typeName, FlowFailureSchema, create(FlowFailureSchema, { appState: error.appStateBytes }));
  }
  return rpc;
}

function transportError(rpc: ConnectError, signal: AbortSignal | undefined): OAuth1dError {
  if (signal?.aborted) return errorOf("the caller ended the call", { code: "CANCELLED", cause: signal.reason });
  const code = BROKEN.has(rpc.code) ? "UNAVAILABLE" : NAMES[rpc.code];
  const said = rpc.rawMessage || "the connection broke";
  return errorOf(code === "UNAVAILABLE" ? `no answer from the service: ${said}` : said, { code, cause: rpc.cause });
}

function parsed<D extends DescMessage>(schema: D, bytes: Uint8Array): MessageShape<D> | undefined {
  try {
    return fromBinary(schema, bytes);
  } catch {
    return undefined;
  }
}
