// Where one can log in, as links: logging in is navigation, and works without this script.
import type { LoginOffer } from "../../node/src/stubs/oauth1d/gateway/v1/gateway_pb.js";
import { make } from "./elements.js";

/** A list of buttons, as the gateway writes it into the page for whoever has no JavaScript. */
export function loginList(offers: LoginOffer[]): HTMLElement[] {
  if (offers.length === 0) return [];
  const links = offers.map((offer) => loginLink(offer, `Log in with ${offer.title}`, "oauth1d-login"));
  links.forEach((link, index) => (link.dataset["initial"] = [...(offers[index]?.title ?? "")][0]?.toUpperCase() ?? ""));
  return [make("ul", { class: "oauth1d-logins" }, ...links.map((link) => make("li", {}, link)))];
}

/** One link; `style`: its class. */
export function loginLink(offer: LoginOffer, words: string, style: string): HTMLAnchorElement {
  const target = new URL(offer.loginPath, location.origin);
  // Only ever to this origin, whatever the answer says.
  const href = target.origin === location.origin ? target.pathname + target.search : "/";
  return make("a", { class: style, href }, words);
}
