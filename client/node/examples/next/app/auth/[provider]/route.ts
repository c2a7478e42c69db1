/** GET /auth/twitter: the browser comes back from the provider. */
import { route } from "../../oauth";

export const GET = route(async (request, client) => {
  const token = await client.authorizeAccessToken(request);
  const profile = (await client.get("account/verify_credentials.json", { token })).throwForStatus().json();
  // A real application would now keep `token` with its user, and redirect to a page.
  return token.deleteCookie(new Response(profilePage(String(profile.screen_name)), {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy": "default-src 'none'; base-uri 'none'",
    },
  }));
});

function profilePage(name: string): string {
  const escaped = name.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Hello</title><main><h1>Hello</h1><p>You are <b>${escaped}</b>.</p><a href="/">Start over</a></main></html>`;
}
