/**
 * OAuth 1.0 login with the web's own Request and Response: Next.js route handlers, Hono, Remix, Deno-style servers.
 *
 *     const oauth = new OAuth();
 *     const twitter = oauth.client("twitter");
 *
 *     export const login = (request: Request) => twitter.authorizeRedirect(request, CALLBACK_URL);
 *
 *     export async function callback(request: Request) {
 *       const token = await twitter.authorizeAccessToken(request);
 *       const profile = (await twitter.get("account/verify_credentials.json", { token })).json();
 *       return token.deleteCookie(Response.json(profile));
 *     }
 *
 * No session is needed: the service keeps the login, tied to the browser by a cookie that `authorizeRedirect` sets and
 * `authorizeAccessToken` reads.
 */
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

/** One provider. Every failure is an OAuth1dError. */
export class WebClient extends ProviderClient<Request> {
  /**
   * Begins a login: a redirect (302) to the provider, which sets the binding cookie. `redirectUri` is where the provider
   * sends the browser afterwards: exactly one that the service's configuration allows.
   */
  async authorizeRedirect(request: Request, redirectUri: string | URL, options: AuthorizeOptions = {}):
    Promise<Response> {
    const started = await this.start(request, redirectUri, options);
    return new Response(null, {
      status: 302,
      headers: {
        location: started.redirectUrl,
        "set-cookie": setCookieHeader(started.bindingCookie),
        "cache-control": "no-store",
      },
    });
  }

  /** Ends the login that came back with `request`. Throws UserDenied, FlowNotFound, BindingMismatch and others. */
  authorizeAccessToken(request: Request, options: CallOptions = {}): Promise<Token> {
    return this.complete(request, request.url, request.headers.get("cookie"), options);
  }

  protected traceparentOf(request: Request): string | undefined {
    return request.headers.get("traceparent") ?? undefined;
  }
}

/** The providers of an application. */
export class OAuth extends Registry<Request, WebClient> {
  /**
   * Wraps a handler: calls inside it find the token of its own login, and an error of this package becomes the page that
   * `explain` has for it.
   */
  handler<Rest extends unknown[]>(handle: (request: Request, ...rest: Rest) => Promise<Response> | Response):
    (request: Request, ...rest: Rest) => Promise<Response> {
    return async (request, ...rest) => {
      try {
        return await withRequest(request, () => handle(request, ...rest));
      } catch (error) {
        return errorResponse(error);
      }
    };
  }

  protected newClient(name: string, registration: Registration<Request>): WebClient {
    return new WebClient(name, registration, this.service);
  }
}

/** The page for an error of this package; throws any other error again. */
export function errorResponse(error: unknown): Response {
  const explanation = explain(error);
  if (!explanation) throw error;
  return new Response(explanationPage(explanation), {
    status: explanation.status,
    headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" },
  });
}
