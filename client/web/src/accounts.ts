// A card for each login: who it is, from what the provider said with the token and from a signed call.
import type { Login, LoginOffer } from "../../node/src/stubs/oauth1d/gateway/v1/gateway_pb.js";
import { byId, entry, within } from "./elements.js";
import { explainCall } from "./explanations.js";
import { Refusal } from "./gateway.js";
import type { Gateway } from "./gateway.js";

const PROFILE = "account/verify_credentials.json";
const LABELS: Record<string, string> = {
  id_str: "Number",
  user_id: "Number",
  location: "Place",
  description: "About",
  followers_count: "Followers",
};

/** The card. `onLogOut` runs when its button is pressed, `onEnd` when the login turns out to be over. */
export function accountCard(
  gateway: Gateway,
  login: Login,
  offer: LoginOffer | undefined,
  onLogOut: () => void,
  onEnd: () => void,
): HTMLElement {
  const card = byId("account-card", HTMLTemplateElement).content.cloneNode(true) as DocumentFragment;
  const article = within(card, "article", HTMLElement);
  const at = offer?.title ?? login.provider;
  const screenName = login.parameters.find(({ name }) => name === "screen_name")?.content;
  const said = screenName?.case === "value" ? screenName.value : undefined;
  within(article, ".at", HTMLElement).textContent = `Logged in with ${at}`;
  showName(article, said ?? at, said);
  const button = within(article, ".log-out", HTMLButtonElement);
  button.setAttribute("aria-label", `Log out of ${at}`);
  button.addEventListener("click", onLogOut);
  void showProfile(gateway, login.provider, article, onEnd);
  return article;
}

async function showProfile(gateway: Gateway, provider: string, article: HTMLElement, onEnd: () => void): Promise<void> {
  const list = within(article, ".profile", HTMLElement);
  list.replaceChildren(...entry("Profile", "asking the provider …"));
  try {
    const { answer, loginNeeded } = await gateway.call({ provider, method: "GET", path: PROFILE, parameters: [] });
    if (loginNeeded) return onEnd();
    const profile = answer?.statusCode === 200 ? record(answer.body) : undefined;
    if (profile === undefined) {
      list.replaceChildren(...entry("Profile", `the provider answered ${answer?.statusCode ?? "nothing"}`));
      return;
    }
    const name = text(profile["name"]) ?? text(profile["screen_name"]);
    if (name !== undefined) showName(article, name, text(profile["screen_name"]));
    list.replaceChildren(
      ...Object.entries(profile)
        .filter(([key]) => key !== "name")
        .flatMap(([key, value]) => {
          const shown = text(value);
          return shown === undefined ? [] : entry(label(key), shown);
        }),
    );
  } catch (error) {
    const { reason } = error instanceof Refusal ? error : { reason: "" };
    if (reason === "TOKEN_EXPIRED" || reason === "TOKEN_INVALID") return onEnd();
    const { title, advice } = explainCall(reason);
    list.replaceChildren(...entry("Profile", `${title}. ${advice}`));
  }
}

function showName(article: HTMLElement, name: string, screenName: string | undefined): void {
  within(article, ".name", HTMLElement).textContent = name;
  within(article, ".handle", HTMLElement).textContent = screenName === undefined ? "" : `@${screenName}`;
  within(article, ".picture", HTMLElement).textContent = [...name][0]?.toUpperCase() ?? "";
}

function label(key: string): string {
  const words = key.replaceAll("_", " ");
  return Object.hasOwn(LABELS, key) ? LABELS[key]! : words.charAt(0).toUpperCase() + words.slice(1);
}

function text(value: unknown): string | undefined {
  return ["string", "number", "boolean"].includes(typeof value) ? String(value) : undefined;
}

function record(body: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
