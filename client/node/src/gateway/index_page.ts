/**
 * Fills the markers of a page's index.html, so that logging in works without JavaScript. A page may have each of them
 * once; without a marker nothing is put in.
 *
 * - `<!--oauth1d:logins-->`: for whoever is logged in
 *   `<p class="oauth1d-user" data-provider="twitter">Logged in with Twitter as <b>alice</b></p>`, one a login, then
 *   `<ul class="oauth1d-logins"><li><a class="oauth1d-login" data-provider="twitter" data-icon="x"
 *   href="/login/twitter">Log in with Twitter</a></li>…</ul>` with the providers that are left, if any are.
 * - `<!--oauth1d:alert-->`: after a login that failed (`?login_error=REASON&provider=NAME`)
 *   `<p class="oauth1d-alert" role="alert" data-reason="USER_DENIED">You said no. …</p>`.
 * - `<meta name="oauth1d-csrf" content="">`: the content becomes the session's csrf token; it stays empty as long as
 *   nobody is logged in.
 */
import type { GetSessionResponse } from "../stubs/oauth1d/gateway/v1/gateway_pb.js";
import { explain } from "./explanations.js";

const LOGINS_MARKER = "<!--oauth1d:logins-->";
const ALERT_MARKER = "<!--oauth1d:alert-->";
const CSRF_MARKER = '<meta name="oauth1d-csrf" content="">';

/** The page with its markers filled. `loginError`: the reason in the page's own query, if there is one. */
export function fillIndexPage(html: string, session: GetSessionResponse, loginError: string | null): string {
  // With functions in place of texts: `$&` in a screen name is no pattern.
  return html
    .replace(LOGINS_MARKER, () => loginsHtml(session))
    .replace(ALERT_MARKER, () => alertHtml(loginError))
    .replace(CSRF_MARKER, () => `<meta name="oauth1d-csrf" content="${escapeHtml(session.csrfToken)}">`);
}

/** Text as HTML text, or as the value of an attribute in double quotes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

function loginsHtml(session: GetSessionResponse): string {
  const titles = new Map(session.offers.map((offer) => [offer.provider, offer.title]));
  const users = session.logins.map((login) => {
    const title = escapeHtml(titles.get(login.provider) ?? login.provider);
    const name = login.parameters.find((parameter) => parameter.name === "screen_name")?.content;
    const as = name?.case === "value" ? ` as <b>${escapeHtml(name.value)}</b>` : "";
    return `<p class="oauth1d-user" data-provider="${escapeHtml(login.provider)}">Logged in with ${title}${as}</p>`;
  });
  const done = new Set(session.logins.map((login) => login.provider));
  const offers = session.offers
    .filter((offer) => !done.has(offer.provider))
    .map(
      (offer) =>
        `<li><a class="oauth1d-login" data-provider="${escapeHtml(offer.provider)}"` +
        ` data-icon="${escapeHtml(offer.iconHint)}" href="${escapeHtml(offer.loginPath)}">` +
        `Log in with ${escapeHtml(offer.title)}</a></li>`,
    );
  return users.join("") + (offers.length > 0 ? `<ul class="oauth1d-logins">${offers.join("")}</ul>` : "");
}

function alertHtml(loginError: string | null): string {
  if (loginError === null) return "";
  const { reason, text } = explain(loginError);
  return `<p class="oauth1d-alert" role="alert" data-reason="${escapeHtml(reason)}">${escapeHtml(text)}</p>`;
}
