/**
 * Log in with an OAuth 1.0 provider: a whole Fastify application in one file.
 *
 *     node fastify_login.mjs --port 8000
 *
 * OAUTH1D_SERVER says where the service is (default 127.0.0.1:50051). The service's configuration must know the
 * provider `twitter` and allow the callback http://127.0.0.1:8000/auth/twitter.
 */
import { parseArgs } from "node:util";

import Fastify from "fastify";
import { OAuth } from "oauth1d/fastify";

const { values } = parseArgs({ options: { port: { type: "string", default: process.env.PORT ?? "8000" } } });
// Not from the Host header, which is the sender's to choose.
const callbackUrl = `http://127.0.0.1:${values.port}/auth/twitter`;

const oauth = new OAuth();
const twitter = oauth.client("twitter");
const explainError = oauth.errorHandler();

const app = Fastify();
app.addHook("onRequest", oauth.onRequest());
app.addHook("onClose", () => oauth.close());
app.setErrorHandler((error, request, reply) => {
  console.error(String(error)); // for the operator: which field, which provider; no secret is in it
  return explainError(error, request, reply); // a person gets the page that fits
});

app.get("/", (request, reply) =>
  showPage(reply, "Who are you?", '<a href="/login/twitter">Log in with Twitter</a>'));

app.get("/login/twitter", (request, reply) => twitter.authorizeRedirect(request, reply, callbackUrl));

app.get("/auth/twitter", async (request, reply) => {
  const token = await twitter.authorizeAccessToken(request);
  const profile = (await twitter.get("account/verify_credentials.json")).throwForStatus().json();
  // A real application would now keep `token` with its user, and pass it as { token } later.
  token.deleteCookie(reply);
  return showPage(reply, "Hello", `<p>You are <b>${escaped(profile.screen_name)}</b>.</p><a href="/">Start over</a>`);
});

await app.listen({ host: "127.0.0.1", port: Number(values.port) });

/** Answers with a page; `body` is HTML. */
function showPage(reply, title, body) {
  return reply
    .headers({ "cache-control": "no-store", "content-security-policy": "default-src 'none'; base-uri 'none'" })
    .type("text/html; charset=utf-8")
    .send(`<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><main><h1>${title}</h1>${body}</main></html>`);
}

/** Text as HTML: what a provider says is not ours. */
function escaped(text) {
  return String(text).replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
}
