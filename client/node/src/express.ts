/**
 * OAuth 1.0 login for Express 4 and 5.
 *
 *     const oauth = new OAuth();
 *     const twitter = oauth.client("twitter");
 *     app.use(oauth.middleware());
 *     app.get("/login", (req, res) => twitter.authorizeRedirect(req, res, CALLBACK_URL));
 *     app.get("/auth", async (req, res) => {
 *       const token = await twitter.authorizeAccessToken(req);
 *       res.json((await twitter.get("account/verify_credentials.json")).json());
 *     });
 *     app.use(oauth.errorHandler());
 *
 * No session is needed: the service keeps the login, tied to the browser by a cookie.
 */
import type { IncomingMessage, ServerResponse } from "node:http";

import { setCookieHeader } from "./binding_cookie.js";
import { explain, explanationPage } from "./explain.js";
import { ProviderClient, type AuthorizeOptions } from "./provider_client.js";
import type { Registration } from "./registration.js";
import { Registry } from "./registry.js";
import { withRequest } from "./request_tokens.js";
import type { CallOptions } from "./signed_call.js";
import type { Token } from "./token.js";

export * from "./index.js";
export type { AuthorizeOptions, UserRequestOptions, UserStreamOptions } from "./provider_client.js";
export type { OAuthOptions } from "./registry.js";

/** Express's Request, as far as this package uses it; a plain IncomingMessage will do. */
export type ExpressRequest = IncomingMessage & { readonly originalUrl?: string };

/** One provider. Every failure is an OAuth1dError. */
export class ExpressClient extends ProviderClient<ExpressRequest> {
  /**
   * Begins a login: answers with a redirect (302) to the provider, which sets the binding cookie. `redirectUri` is where
   * the provider sends the browser afterwards: exactly one that the service's configuration allows.
   */
  async authorizeRedirect(
    request: ExpressRequest, response: ServerResponse, redirectUri: string | URL, options: AuthorizeOptions = {},
  ): Promise<void> {
    const started = await this.start(request, redirectUri, options);
    response.appendHeader("set-cookie", setCookieHeader(started.bindingCookie));
    response.setHeader("cache-control", "no-store");
    response.setHeader("location", started.redirectUrl);
    response.statusCode = 302;
    response.end();
  }

  /** Ends the login that came back with `request`. Throws UserDenied, FlowNotFound, BindingMismatch and others. */
  authorizeAccessToken(request: ExpressRequest, options: CallOptions = {}): Promise<Token> {
    return this.complete(request, request.originalUrl ?? request.url ?? "", request.headers.cookie, options);
  }

  protected traceparentOf(request: ExpressRequest): string | undefined {
    const found = request.headers["traceparent"];
    return typeof found === "string" ? found : undefined;
  }
}

/** The providers of an application. */
export class OAuth extends Registry<ExpressRequest, ExpressClient> {
  /** Lets the handlers after it find the token of their own login without `token` and `request`. */
  middleware(): (request: ExpressRequest, response: ServerResponse, next: (error?: unknown) => void) => void {
    return (request, _response, next) => withRequest(request, () => next());
  }

  /** Answers an error of this package with the page that `explain` has for it. Put it last. */
  errorHandler(): (
    error: unknown, request: ExpressRequest, response: ServerResponse, next: (error?: unknown) => void,
  ) => void {
    return (error, _request, response, next) => {
      const explanation = explain(error);
      if (!explanation || response.headersSent) return next(error);
      response.statusCode = explanation.status;
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.setHeader("cache-control", "no-store");
      response.end(explanationPage(explanation));
    };
  }

  protected newClient(name: string, registration: Registration<ExpressRequest>): ExpressClient {
    return new ExpressClient(name, registration, this.service);
  }
}
