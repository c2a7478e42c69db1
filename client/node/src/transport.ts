/** The HTTP/2 connection to the service. */
import { readFileSync } from "node:fs";
import { isIP, isIPv6, connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

import type { Transport } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";

import { serverAddress, type ServerSettings } from "./settings.js";
import { VERSION } from "./version.js";

// The service allows a ping every 10 seconds. They find a host that died without a word.
const PING_INTERVAL_MS = 20_000;
const PING_TIMEOUT_MS = 5_000;
const READ_MAX_BYTES = 8 << 20;

/** A transport, and the way to end it. */
export interface Connection {
  readonly transport: Transport;
  /** Closes the connection; running calls fail. A later call opens a new one. */
  close(): void;
}

/**
 * Connects to the service at the first call, and again whenever the connection was lost. The API key goes with every
 * call. Certificate files are read for each connection, so that renewed ones are taken up; throws at once if one
 * cannot be read.
 */
export function connectToService(settings: ServerSettings): Connection {
  const tls = Boolean(settings.caFile || settings.certFile);
  if (tls) tlsFiles(settings);
  const baseUrl = `${tls ? "https" : "http"}://${authority(settings.server)}`;
  const session = new Http2SessionManager(
    baseUrl,
    { pingIntervalMs: PING_INTERVAL_MS, pingTimeoutMs: PING_TIMEOUT_MS },
    { createConnection: () => openSocket(settings, tls) },
  );
  const transport = createGrpcTransport({
    baseUrl,
    sessionManager: session,
    acceptCompression: [], // what passes here holds secrets
    readMaxBytes: READ_MAX_BYTES,
    interceptors: [
      (next) => (request) => {
        request.header.set("user-agent", `oauth1d-node/${VERSION}`);
        if (settings.apiKey) request.header.set("authorization", `Bearer ${settings.apiKey}`);
        return next(request);
      },
    ],
  });
  return { transport, close: () => session.abort() };
}

function authority(server: string): string {
  const address = serverAddress(server);
  if ("path" in address) return "localhost";
  return `${isIPv6(address.host) ? `[${address.host}]` : address.host}:${address.port}`;
}

function openSocket(settings: ServerSettings, tls: boolean): Socket {
  const address = serverAddress(settings.server);
  if (!tls) return connectPlain(address);
  const named = "path" in address || isIP(address.host) ? {} : { servername: address.host };
  return connectTls({ ...address, ...named, ...tlsFiles(settings), ALPNProtocols: ["h2"] });
}

function tlsFiles(settings: ServerSettings): { ca?: Buffer; cert?: Buffer; key?: Buffer } {
  return {
    ...(settings.caFile && { ca: readFileSync(settings.caFile) }),
    ...(settings.certFile && { cert: readFileSync(settings.certFile) }),
    ...(settings.keyFile && { key: readFileSync(settings.keyFile) }),
  };
}
