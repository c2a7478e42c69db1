/**
 * The tokens that logins returned in the web request that is being handled now.
 *
 * `twitter.get(...)` without `token` means "for the user who just logged in". Tokens are kept by the web request's
 * object alone. Which request that is comes from `request`, or from the scope that `withRequest` opens around a handler.
 * Nothing here uses AsyncLocalStorage.enterWith: Node runs all requests of a connection that is kept alive in one async
 * resource, so what is entered in one request is still there in the next, which behind a proxy is another user's.
 */
import { AsyncLocalStorage } from "node:async_hooks";

import type { Token } from "./token.js";

const scope = new AsyncLocalStorage<object>();

/** Runs `handler`, and all that it starts, as part of the handling of `request`. */
export function withRequest<T>(request: object, handler: () => T): T {
  return scope.run(request, handler);
}

/** The request of the scope that is running, if one was opened. */
export function currentRequest(): object | undefined {
  return scope.getStore();
}

/** The tokens of one client, by web request: they are forgotten with it. */
export class RequestTokens {
  readonly #tokens = new WeakMap<object, Token>();

  /** Keeps `token` for `request`, and for the scope that is running: a framework may have wrapped the request. */
  keep(request: object, token: Token): void {
    for (const one of [request, currentRequest()]) {
      if (one) this.#tokens.set(one, token);
    }
  }

  /** Forgets the token of `request` and of the scope. */
  drop(request: object): void {
    for (const one of [request, currentRequest()]) {
      if (one) this.#tokens.delete(one);
    }
  }

  /** The token of `request`, or without one of the scope that is running. */
  find(request?: object): Token | undefined {
    const one = request ?? currentRequest();
    return one && this.#tokens.get(one);
  }
}
