/** The service as Connect's JSON over POST, for callers on the server side that have no gRPC. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";

import type { DescMethodUnary } from "@bufbuild/protobuf";
import type { HandlerContext, Interceptor, ServiceImpl } from "@connectrpc/connect";
import { codeToHttpStatus, errorToJsonBytes } from "@connectrpc/connect/protocol-connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";

import type { OAuth1dError } from "../base_error.js";
import { OAuth1Service } from "../stubs/oauth1d/v1/oauth1d_pb.js";
import type { CallsConfig } from "./config.js";
import { forServerSide, known, refusal } from "./gateway_errors.js";
import { isLoopbackHost } from "./listen_address.js";
import { handedOn, MAX_TIMEOUT_MS, type Upstream } from "./upstream.js";

const READ_MAX_BYTES = 8 << 20;

/** Answers `POST /oauth1d.v1.OAuth1Service/METHOD`; no streams. */
export function callsHandler(config: CallsConfig, upstream: Upstream): RequestListener {
  const errors: Interceptor = (next) => async (request) => {
    try {
      const answer = await next(request);
      answer.header.set("cache-control", "no-store");
      return answer;
    } catch (thrown) {
      throw forServerSide(known(thrown));
    }
  };
  const rpc = connectNodeAdapter({
    routes: (router) => router.service(OAuth1Service, forwarding(upstream)),
    interceptors: [errors],
    connect: true,
    grpcWeb: false,
    grpc: false,
    acceptCompression: [],
    readMaxBytes: READ_MAX_BYTES,
    maxTimeoutMs: MAX_TIMEOUT_MS,
    fallback: (_request, response) => {
      const what = `call POST /${OAuth1Service.typeName}/METHOD; there are no streams`;
      refuse(response as ServerResponse, refusal("UNIMPLEMENTED", "", what));
    },
  });
  return (request, response) => {
    const refused = whyRefused(config, request);
    if (refused) refuse(response, refused);
    else rpc(request, response);
  };
}

function forwarding(upstream: Upstream): Partial<ServiceImpl<typeof OAuth1Service>> {
  return Object.fromEntries(OAuth1Service.methods.flatMap((method) => {
    if (method.methodKind !== "unary") return []; // UNIMPLEMENTED
    const unary = method as DescMethodUnary;
    return [[method.localName, (request: never, context: HandlerContext) => (
      upstream.call(unary, request, handedOn(context)))]];
  }));
}

/** Looks at the head of a request alone: a refused body is not read. */
function whyRefused(config: CallsConfig, request: IncomingMessage): OAuth1dError | undefined {
  const refused = (what: string): OAuth1dError => refusal("PERMISSION_DENIED", "CALLER_NOT_ALLOWED", what);
  // Browsers send Sec-Fetch-Site wherever they send Sec-Fetch-Mode; Node's own fetch sends the latter alone.
  if ("origin" in request.headers || "sec-fetch-site" in request.headers) {
    return refused("browsers have no business here");
  }
  if (config.apiKeys.length === 0) {
    return namesLoopback(request) ? undefined : refused("without api_keys the Host must be a loopback one");
  }
  const [, key] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "") ?? [];
  const digest = createHash("sha256").update(key ?? "").digest();
  let found = false;
  for (const { sha256 } of config.apiKeys) { // all of them, whichever fits
    const fits = timingSafeEqual(sha256, digest);
    found ||= fits;
  }
  if (found && key !== undefined) return undefined;
  return refusal("UNAUTHENTICATED", "CALLER_UNKNOWN", "the gateway wants an API key: authorization: Bearer KEY");
}

/** Else a name that resolves to the loopback would let a web page in. */
function namesLoopback(request: IncomingMessage): boolean {
  const hosts = request.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === "host").length;
  const named = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+))(?::\d{1,5})?$/.exec(request.headers.host ?? "");
  const [, v6, name] = named ?? [];
  return hosts === 1 && isLoopbackHost(v6 ?? name ?? "") && (request.url ?? "").startsWith("/");
}

function refuse(response: ServerResponse, error: OAuth1dError): void {
  const rpc = forServerSide(error);
  const body = errorToJsonBytes(rpc, undefined);
  response.writeHead(codeToHttpStatus(rpc.code), {
    "content-type": "application/json",
    "content-length": body.length,
    "cache-control": "no-store",
    ...(error.code === "UNAUTHENTICATED" && { "www-authenticate": "Bearer" }),
    connection: "close",
  });
  response.end(body);
}
