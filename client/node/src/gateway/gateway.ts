/** The gateway as a whole: its listeners, and how it stops. */
import { browserHandler } from "./browser_handler.js";
import { callsHandler } from "./calls_handler.js";
import type { GatewayConfig } from "./config.js";
import { Listener, type Patience } from "./listener.js";
import { logToStderr, type Log } from "./log.js";
import { Offers } from "./offers.js";
import { MemorySessionStore, type SessionStore } from "./session_store.js";
import { Sessions } from "./sessions.js";
import { Upstream } from "./upstream.js";

/** What an application may bring. */
export interface GatewayOptions {
  /** Where sessions are kept; default: in this process, `browser.session.most` of them. */
  readonly sessionStore?: SessionStore | undefined;
  readonly log?: Log | undefined;
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
  readonly patience?: Patience | undefined;
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
      const listener = new Listener(browser, browserHandler(browser, parts, log), options.patience);
      listeners.push(listener);
      addresses.browser = await listener.start();
      log("listening", { address: addresses.browser, mode: "browser", origin: browser.origin });
    }
    if (config.calls) {
      const listener = new Listener(config.calls, callsHandler(config.calls, upstream), options.patience);
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
