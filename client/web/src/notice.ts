// The one place where the page tells what happened.
import type { LoginOffer } from "../../node/src/stubs/oauth1d/gateway/v1/gateway_pb.js";
import { byId, make } from "./elements.js";
import { explainLogin } from "./explanations.js";
import type { Explanation } from "./explanations.js";
import { loginLink } from "./offers.js";

/** Shows it, and has it read out; `next`: what to do, as links or buttons. */
export function notice({ title, advice }: Explanation, kind: "bad" | "good", ...next: HTMLElement[]): void {
  byId("notice", HTMLElement).replaceChildren(
    make(
      "section",
      { class: `notice ${kind}`, role: kind === "bad" ? "alert" : "status" },
      make("h2", {}, title),
      make("p", {}, advice),
      ...(next.length > 0 ? [make("p", { class: "buttons" }, ...next)] : []),
    ),
  );
}

export function clearNotice(): void {
  byId("notice", HTMLElement).replaceChildren();
}

/** How the login failed that the browser comes back from. The URL is cleaned: a reload does not tell again. */
export function takeLoginError(): { reason: string; provider: string } | undefined {
  const url = new URL(location.href);
  const reason = url.searchParams.get("login_error");
  if (reason === null) return undefined;
  const provider = url.searchParams.get("provider") ?? "";
  url.searchParams.delete("login_error");
  url.searchParams.delete("provider");
  history.replaceState(null, "", url.pathname + url.search + url.hash);
  return { reason, provider };
}

export function tellLoginError({ reason, provider }: { reason: string; provider: string }, offers: LoginOffer[]): void {
  const again = offers.find((offer) => offer.provider === provider) ?? offers[0];
  const links = again === undefined ? [] : [loginLink(again, "Log in again", "button")];
  notice(explainLogin(reason), "bad", ...links);
}
