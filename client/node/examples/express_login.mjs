/**
 * Log in with an OAuth 1.0 provider: a whole Express application in one file.
 *
 *     node express_login.mjs --port 8000
 *
 * OAUTH1D_SERVER says where the service is (default 127.0.0.1:50051). The service's configuration must know the
 * provider `twitter` and allow the callback http://127.0.0.1:8000/auth/twitter.
 */
import { parseArgs } from "node:util";

import express from "express";
import { OAuth } from "oauth1d/express";

const { values } = parseArgs({ options: { port: { type: "string", default: process.env.PORT ?? "8000" } } });
// Not from the Host header, which is the sender's to choose.
const callbackUrl = `http://127.0.0.1:${values.port}/auth/twitter`;

const oauth = new OAuth();
const twitter = oauth.client("twitter");

const app = express();
app.disable("x-powered-by");
app.use(oauth.middleware());

app.get("/", (req, res) => {
  showPage(res, "Who are you?", '<a href="/login/twitter">Log in with Twitter</a>');
});

app.get("/login/twitter", (req, res) => twitter.authorizeRedirect(req, res, callbackUrl));

app.get("/auth/twitter", async (req, res) => {
  const token = await twitter.authorizeAccessToken(req);
  const profile = (await twitter.get("account/verify_credentials.json")).throwForStatus().json();
  // A real application would now keep `token` with its user, and pass it as { token } later.
  token.deleteCookie(res);
  showPage(res, "Hello", `<p>You are <b>${escaped(profile.screen_name)}</b>.</p><a href="/">Start over</a>`);
});

// For the operator: which field, which provider; no secret is in it. A person gets the page that fits.
app.use((error, req, res, next) => {
  console.error(String(error));
  next(error);
});
app.use(oauth.errorHandler());

app.listen(Number(values.port), "127.0.0.1");

/** Answers with a page; `body` is HTML. */
function showPage(res, title, body) {
  res.set("cache-control", "no-store");
  res.set("content-security-policy", "default-src 'none'; base-uri 'none'");
  res.send(`<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><main><h1>${title}</h1>${body}</main></html>`);
}

/** Text as HTML: what a provider says is not ours. */
function escaped(text) {
  return String(text).replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
}
