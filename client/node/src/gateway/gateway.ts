/** The gateway as a whole: its listeners, and how it stops. */
import { readFileSync } from "node:fs";
import { createServer as createPlainServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";

import { browserHandler } from "./browser_handler.js";
import { callsHandler } from "./calls_handler.js";
import type { GatewayConfig, ListenerConfig } from "./config.js";
import { listen } from "./listen_address.js";
import { logToStderr, type Log } from "./log.js";
import { Offers } from "./offers.js";
import { MemorySessionStore, type SessionStore } from "./session_store.js";
import { Sessions } from "./sessions.js";
import { Upstream } from "./upstream.js";

const MOST_CONNECTIONS = 1024;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;
const DRAIN_MS = 40_000; // longer than any call
const MAX_HEADER_BYTES = 32 << 10; // a callback may be 16 KiB

/** What an application may bring. */
export interface GatewayOptions {
  /** Where sessions are kept; default: in this process, `browser.session.most` of them. */
  readonly sessionStore?: SessionStore | undefined;
  readonly log?: Log | undefined;
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
}

/** A running gateway. */
export interface Gateway {
  /** Where it listens. */
  readonly addresses: { readonly browser?: string; readonly calls?: string };
  /** Takes no more calls, lets the running ones end, and closes everything. */
  stop(): Promise<void>;
}

/** Starts all listeners of the configuration; throws if one cannot listen, and then none does. */
export async function startGateway(config: GatewayConfig, options: GatewayOptions = {}): Promise<Gateway> {
  const log = options.log ?? logToStderr;
  const upstream = new Upstream(config.service);
  const listeners: Listener[] = [];
  const addresses: { browser?: string; calls?: string } = {};
  const stop = async (): Promise<void> => {
    await Promise.all(listeners.map((listener) => listener.stop()));
    upstream.close();
  };
  try {
    if (config.browser) {
      const { browser } = config;
      const store = options.sessionStore ?? new MemorySessionStore(browser.session.most, options.now);
      const secure = browser.origin.startsWith("https:");
      const parts = {
        upstream,
        sessions: new Sessions(store, browser.session, secure, options.now),
        offers: new Offers(upstream, browser.providers, options.now),
        providers: browser.providers,
      };
      const listener = new Listener(browser, browserHandler(browser, parts, log));
      listeners.push(listener);
      addresses.browser = await listener.start();
      log("listening", { address: addresses.browser, mode: "browser", origin: browser.origin });
    }
    if (config.calls) {
      const listener = new Listener(config.calls, callsHandler(config.calls, upstream));
      listeners.push(listener);
      addresses.calls = await listener.start();
      log("listening", { address: addresses.calls, mode: "calls" });
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { addresses, stop };
}

/** One HTTP server. */
class Listener {
  readonly #server: Server;
  #stopping = false;

  constructor(private readonly config: ListenerConfig, handler: RequestListener) {
    const options = { maxHeaderSize: MAX_HEADER_BYTES };
    const answer: RequestListener = (request, response) => {
      if (this.#stopping) response.setHeader("connection", "close");
      handler(request, response);
    };
    const { tls } = config;
    this.#server = tls
      ? createTlsServer({ ...options, cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) }, answer)
      : createPlainServer(options, answer);
    this.#server.maxConnections = MOST_CONNECTIONS;
    this.#server.headersTimeout = HEADERS_TIMEOUT_MS;
    this.#server.requestTimeout = REQUEST_TIMEOUT_MS;
  }

  start(): Promise<string> {
    return listen(this.#server, this.config.listen);
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    this.#stopping = true;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    const idle = setInterval(() => this.#server.closeIdleConnections(), 50);
    const enough = setTimeout(() => this.#server.closeAllConnections(), DRAIN_MS);
    await closed;
    clearInterval(idle);
    clearTimeout(enough);
  }
}
