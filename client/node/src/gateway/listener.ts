/** One HTTP server: what a connection may take of it, and how it stops. */
import { readFileSync } from "node:fs";
import { createServer as createPlainServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";

import type { ListenerConfig } from "./config.js";
import { listen } from "./listen_address.js";

const MOST_CONNECTIONS = 1024;
// A browser sends one after the other; whoever pipelines and does not read fills the memory.
const MOST_RUNNING_PER_CONNECTION = 8;
const HANDSHAKE_TIMEOUT_MS = 10_000;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;
const STILL_MS = 90_000; // longer than any call (upstream.ts)
const DRAIN_MS = 40_000; // longer than the service takes for any
const MAX_HEADER_BYTES = 32 << 10; // a callback may be 16 KiB

/** How long a listener waits, in milliseconds. */
export interface Patience {
  /** For a connection on which nothing moves, in either direction; default 90 s. */
  readonly stillMs?: number | undefined;
  /** For running calls, once it is to stop; default 40 s. */
  readonly drainMs?: number | undefined;
}

/** One HTTP server. */
export class Listener {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>(); // with TLS: those beneath it
  readonly #running = new WeakMap<Socket, number>();
  #stopping = false;

  /** Throws if the files of `tls` cannot be read. */
  constructor(
    private readonly config: ListenerConfig,
    private readonly handler: RequestListener,
    private readonly patience: Patience = {},
  ) {
    const options = { maxHeaderSize: MAX_HEADER_BYTES };
    const answer: RequestListener = (request, response) => this.#answer(request, response);
    const { tls } = config;
    this.#server = tls
      ? createTlsServer({
        ...options,
        handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
        cert: readFileSync(tls.certFile),
        key: readFileSync(tls.keyFile),
      }, answer)
      : createPlainServer(options, answer);
    this.#server.maxConnections = MOST_CONNECTIONS;
    this.#server.headersTimeout = HEADERS_TIMEOUT_MS;
    this.#server.requestTimeout = REQUEST_TIMEOUT_MS;
    this.#server.timeout = patience.stillMs ?? STILL_MS;
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  /** Gives the address that it listens on. */
  start(): Promise<string> {
    return listen(this.#server, this.config.listen);
  }

  /** Takes nothing new, lets running calls end, and closes what is left. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    this.#stopping = true;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    // Node counts a connection that has said nothing yet as busy.
    for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy();
    const idle = setInterval(() => this.#server.closeIdleConnections(), 50);
    const enough = setTimeout(() => {
      this.#server.closeAllConnections();
      for (const socket of this.#sockets) socket.destroy();
    }, this.patience.drainMs ?? DRAIN_MS);
    await closed;
    clearInterval(idle);
    clearTimeout(enough);
  }

  #answer(...[request, response]: Parameters<RequestListener>): void {
    const { socket } = request;
    if (socket.destroyed) return; // the rest of what was pipelined
    const running = this.#running.get(socket) ?? 0;
    if (running >= MOST_RUNNING_PER_CONNECTION) {
      socket.destroy();
      return;
    }
    this.#running.set(socket, running + 1);
    response.once("close", () => this.#running.set(socket, (this.#running.get(socket) ?? 1) - 1));
    if (this.#stopping) response.setHeader("connection", "close");
    this.handler(request, response);
  }
}
