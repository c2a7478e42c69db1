/** The providers of this application. OAUTH1D_SERVER says where the service is (default 127.0.0.1:50051). */
import { notFound } from "next/navigation";
import { errorResponse, OAuth, type WebClient } from "oauth1d/web";

const PROVIDERS = ["twitter"];
const oauth = new OAuth();

/** What Next.js gives a route handler beside the request. */
type Context = { params: Promise<{ provider: string }> };

/** A route handler for the provider that the path names; a person gets the page that fits whatever goes wrong. */
export function route(handle: (request: Request, client: WebClient) => Promise<Response>) {
  return async (request: Request, { params }: Context): Promise<Response> => {
    const { provider } = await params;
    if (!PROVIDERS.includes(provider)) notFound();
    try {
      return await handle(request, oauth.client(provider));
    } catch (error) {
      const response = errorResponse(error);
      console.error(String(error)); // for the operator: which field, which provider; no secret is in it
      return response;
    }
  };
}

/**
 * Where the provider sends the browser afterwards; the service's configuration must allow it. Not from the Host header,
 * which is the sender's to choose.
 */
export function callbackUrl(provider: string): string {
  const origin = process.env.PUBLIC_URL ?? `http://127.0.0.1:${process.env.PORT ?? 3000}`;
  return `${origin}/auth/${provider}`;
}
