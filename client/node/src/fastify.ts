/**
 * OAuth 1.0 login for Fastify 4 and 5.
 *
 *     const oauth = new OAuth();
 *     const twitter = oauth.client("twitter");
 *     app.addHook("onRequest", oauth.onRequest());
 *     app.setErrorHandler(oauth.errorHandler());
 *     app.get("/login", (request, reply) => twitter.authorizeRedirect(request, reply, CALLBACK_URL));
 *     app.get("/auth", async (request, reply) => {
 *       const token = await twitter.authorizeAccessToken(request);
 *       return (await twitter.get("account/verify_credentials.json")).json();
 *     });
 *
 * No session is needed: the service keeps the login, tied to the browser by a cookie.
 */
import type { IncomingHttpHeaders } from "node:http";

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

/** FastifyRequest, as far as this package uses it. */
export interface FastifyRequest {
  readonly headers: IncomingHttpHeaders;
  readonly raw: { readonly url?: string | undefined };
}

/** FastifyReply, as far as this package uses it. */
export interface FastifyReply {
  code(status: number): unknown;
  header(name: string, value: string): unknown;
  send(payload?: unknown): unknown;
  readonly sent: boolean;
}

/** One provider. Every failure is an OAuth1dError. */
export class FastifyClient extends ProviderClient<FastifyRequest> {
  /**
   * Begins a login: answers with a redirect (302) to the provider, which sets the binding cookie. Return or await what it
   * returns. `redirectUri` is where the provider sends the browser afterwards: exactly one that the service's
   * configuration allows.
   */
  async authorizeRedirect<Reply extends FastifyReply>(
    request: FastifyRequest, reply: Reply, redirectUri: string | URL, options: AuthorizeOptions = {},
  ): Promise<Reply> {
    const started = await this.start(request, redirectUri, options);
    reply.header("set-cookie", setCookieHeader(started.bindingCookie));
    reply.header("cache-control", "no-store");
    reply.header("location", started.redirectUrl);
    reply.code(302);
    reply.send();
    return reply;
  }

  /** Ends the login that came back with `request`. Throws UserDenied, FlowNotFound, BindingMismatch and others. */
  authorizeAccessToken(request: FastifyRequest, options: CallOptions = {}): Promise<Token> {
    return this.complete(request, request.raw.url ?? "", request.headers.cookie, options);
  }

  protected traceparentOf(request: FastifyRequest): string | undefined {
    const found = request.headers["traceparent"];
    return typeof found === "string" ? found : undefined;
  }
}

/** The providers of an application. */
export class OAuth extends Registry<FastifyRequest, FastifyClient> {
  /** An onRequest hook: lets handlers find the token of their own login without `token` and `request`. */
  onRequest(): (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => void {
    return (request, _reply, done) => withRequest(request, () => done());
  }

  /** Answers an error of this package with the page that `explain` has for it; other errors are Fastify's own. */
  errorHandler(): (error: unknown, request: FastifyRequest, reply: FastifyReply) => void {
    return (error, _request, reply) => {
      const explanation = explain(error);
      if (!explanation || reply.sent) {
        reply.send(error);
        return;
      }
      reply.code(explanation.status);
      reply.header("content-type", "text/html; charset=utf-8");
      reply.header("cache-control", "no-store");
      reply.send(explanationPage(explanation));
    };
  }

  protected newClient(name: string, registration: Registration<FastifyRequest>): FastifyClient {
    return new FastifyClient(name, registration, this.service);
  }
}
