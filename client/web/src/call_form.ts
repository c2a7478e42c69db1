// The form that makes a signed call, and its answer.
import type { CallResponse, Login } from "../../node/src/stubs/oauth1d/gateway/v1/gateway_pb.js";
import { byId, entry, make, within } from "./elements.js";
import { explainCall } from "./explanations.js";
import { Refusal } from "./gateway.js";
import type { Gateway } from "./gateway.js";
import { readable } from "./json_text.js";

/** Makes the form work; `onEnd` runs when a login turns out to be over. */
export function useCallForm(gateway: Gateway, onEnd: () => void): void {
  const form = byId("call", HTMLFormElement);
  const button = within(form, "button", HTMLButtonElement);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    // Not `disabled`: the keyboard's place would be lost.
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    void send(gateway, new FormData(form), onEnd).finally(() => button.removeAttribute("aria-disabled"));
  });
}

/** Offers those who are logged in, and forgets the answer of another session. */
export function offerCallers(logins: Login[], titleOf: (provider: string) => string): void {
  const select = byId("provider", HTMLSelectElement);
  const chosen = select.value;
  select.replaceChildren(...logins.map(({ provider }) => make("option", { value: provider }, titleOf(provider))));
  if (logins.some(({ provider }) => provider === chosen)) select.value = chosen;
  byId("provider-field", HTMLElement).hidden = logins.length < 2;
  byId("summary", HTMLElement).replaceChildren();
  byId("answer", HTMLElement).hidden = true;
}

async function send(gateway: Gateway, fields: FormData, onEnd: () => void): Promise<void> {
  const field = (name: string): string => String(fields.get(name) ?? "");
  const summary = byId("summary", HTMLElement);
  byId("answer", HTMLElement).hidden = true;
  summary.replaceChildren("Sending …");
  const started = performance.now();
  try {
    const answer = await gateway.call({
      provider: field("provider"),
      method: field("method"),
      path: field("path").trim(),
      parameters: [...new URLSearchParams(field("parameters").trim())],
    });
    if (answer.loginNeeded) return onEnd();
    show(answer, performance.now() - started, `${field("method")} ${field("path").trim()}`);
  } catch (error) {
    const { reason } = error instanceof Refusal ? error : { reason: "" };
    if (reason === "TOKEN_EXPIRED" || reason === "TOKEN_INVALID") return onEnd();
    const { title, advice } = explainCall(reason);
    summary.replaceChildren(
      make("strong", { class: "status" }, title),
      make("span", {}, advice),
      ...(reason === "" ? [] : [make("code", { class: "soft" }, reason)]),
    );
  }
}

function show({ answer, providerProblem }: CallResponse, milliseconds: number, call: string): void {
  const status = answer?.statusCode ?? 0;
  byId("summary", HTMLElement).replaceChildren(
    make("strong", { class: status < 400 ? "status good" : "status" }, String(status)),
    make("code", {}, call),
    make("span", { class: "soft" }, `in ${Math.round(milliseconds)} ms`),
    ...(providerProblem === undefined ? [] : [make("span", {}, `The provider's problem: ${providerProblem.problem}`)]),
  );
  byId("body", HTMLElement).replaceChildren(...readable(answer?.body ?? new Uint8Array()));
  const decoder = new TextDecoder();
  byId("headers", HTMLElement).replaceChildren(
    ...(answer?.headers ?? []).flatMap(({ name, value }) => entry(name, decoder.decode(value))),
  );
  byId("answer", HTMLElement).hidden = false;
}
