// The page of the browser gateway. It shows the session, and navigates to log in; it holds no token.
import type { GetSessionResponse } from "../../node/src/stubs/oauth1d/gateway/v1/gateway_pb.js";
import { accountCard } from "./accounts.js";
import { offerCallers, useCallForm } from "./call_form.js";
import { byId, make, within } from "./elements.js";
import { explainCall } from "./explanations.js";
import { Gateway, Refusal } from "./gateway.js";
import { clearNotice, notice, takeLoginError, tellLoginError } from "./notice.js";
import { loginLink, loginList } from "./offers.js";

const gateway = new Gateway();

/** Asks for the session and shows it. */
async function showSession(): Promise<GetSessionResponse> {
  const session = await gateway.session();
  const offerOf = (provider: string) => session.offers.find((offer) => offer.provider === provider);
  const loggedIn = session.logins.length > 0;
  within(document, 'meta[name="oauth1d-csrf"]', HTMLMetaElement).content = session.csrfToken;
  byId("welcome", HTMLElement).hidden = loggedIn;
  byId("logged-in", HTMLElement).hidden = !loggedIn;
  const free = session.offers.filter(({ provider }) => !session.logins.some((login) => login.provider === provider));
  byId(loggedIn ? "more-offers" : "offers", HTMLElement).replaceChildren(...loginList(free));
  if (loggedIn) {
    const cards = session.logins.map((login) =>
      accountCard(gateway, login, offerOf(login.provider), () => void logOut(login.provider), () => void loginEnded()),
    );
    byId("accounts", HTMLElement).replaceChildren(...cards);
    offerCallers(session.logins, (provider) => offerOf(provider)?.title ?? provider);
  }
  document.title = loggedIn ? "Logged in with OAuth 1.0" : "Log in with OAuth 1.0";
  return session;
}

async function logOut(provider: string): Promise<void> {
  try {
    await gateway.logOut(provider);
    await showSession();
    notice({ title: "Logged out", advice: "The gateway has forgotten your token." }, "good");
    focusTitle();
  } catch (error) {
    tell(error);
  }
}

async function loginEnded(): Promise<void> {
  try {
    const { offers } = await showSession();
    tellLoginEnd(offers);
    focusTitle();
  } catch (error) {
    tell(error);
  }
}

function tellLoginEnd(offers: GetSessionResponse["offers"]): void {
  const links = offers.slice(0, 1).map((offer) => loginLink(offer, "Log in again", "button"));
  const ended = { title: "Your login has ended", advice: "The provider no longer takes it. Please log in again." };
  notice(ended, "bad", ...links);
}

/** Where the keyboard goes on when what it was on is gone. */
function focusTitle(): void {
  within(document, "main section:not([hidden]) h1", HTMLElement).focus();
}

function tell(error: unknown): void {
  const again = make("button", { type: "button", class: "button" }, "Try again");
  again.addEventListener("click", () => void begin());
  notice(explainCall(error instanceof Refusal ? error.reason : ""), "bad", again);
}

let loginError = takeLoginError();

async function begin(): Promise<void> {
  try {
    clearNotice();
    const { offers } = await showSession();
    if (loginError !== undefined) tellLoginError(loginError, offers);
    loginError = undefined;
  } catch (error) {
    tell(error);
  }
}

// Only now: without this script there is nothing before the content that the keyboard would stop at.
document.body.prepend(make("a", { class: "skip", href: "#content" }, "Skip to the content"));
useCallForm(gateway, () => void loginEnded());
// A page that the browser kept, shown again by its back button, may be of a session that is gone.
addEventListener("pageshow", (event) => event.persisted && void begin());
void begin();
