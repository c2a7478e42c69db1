/** What a failed login means, for the person in front of the page. */
import { ErrorReason } from "../stubs/oauth1d/v1/oauth1d_pb.js";

const EXPLANATIONS: Readonly<Record<string, string>> = {
  USER_DENIED: "You said no. Nothing was shared, and you can log in whenever you like.",
  FLOW_NOT_FOUND: "That took too long: this login is no longer open. Please log in again.",
  BINDING_MISMATCH: "This login was begun in another browser. Finish it there, or log in here.",
  TOKEN_MISMATCH: "This link belongs to another login. Please log in again.",
  ALREADY_COMPLETED: "This login was used already. If that was not you, please tell us. You can log in again.",
  PROVIDER_NOT_FOUND: "There is no such login here. Please choose another one.",
  PROVIDER_REJECTED: "The provider did not take this login. Please log in again.",
  PROVIDER_UNREACHABLE: "The provider is away. Please try again soon.",
  PROVIDER_BUSY: "The provider is very busy. Please try again in a moment.",
  OVERLOADED: "Too many logins at once. Please try again in a moment.",
  STORE_UNAVAILABLE: "Our login service is away. Please try again soon.",
  UNAVAILABLE: "Our login service is away. Please try again soon.",
  DEADLINE: "There was no answer in time. Please try again in a moment.",
  INVALID_REQUEST: "This link does not work: something in it is missing or not allowed.",
};

/** Reasons of the gateway's own, for errors without one of the service. */
const OWN_REASONS = new Set(["UNAVAILABLE"]);

/** The reason, `INTERNAL` for a text that is none, and words for it. */
export function explain(reason: string): { reason: string; text: string } {
  const known = /^[A-Z_]+$/.test(reason) && (OWN_REASONS.has(reason) || reason in ErrorReason);
  const shown = known ? reason : "INTERNAL";
  return {
    reason: shown,
    text: EXPLANATIONS[shown] ?? "That did not work. Please log in again; if it keeps failing, tell us.",
  };
}
