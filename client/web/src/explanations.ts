// What went wrong, as a person should see it. No word of the service or of a provider is repeated here.

export interface Explanation {
  title: string;
  /** What to do. */
  advice: string;
}

const LOGIN: Record<string, Explanation> = {
  USER_DENIED: { title: "You said no", advice: "Nothing was shared. You can log in whenever you like." },
  FLOW_NOT_FOUND: { title: "That took too long", advice: "This login is no longer open. Please begin again." },
  BINDING_MISMATCH: {
    title: "Another browser began this login",
    advice: "Go on in that browser, or begin a login of your own here. If somebody sent you the link, do not use it.",
  },
  TOKEN_MISMATCH: { title: "This link does not fit", advice: "It belongs to another login. Please begin again." },
  ALREADY_COMPLETED: {
    title: "This login was used already",
    advice: "If that was not you, please tell us. You can log in again.",
  },
  INVALID_REQUEST: {
    title: "This login is not open in this browser",
    advice: "It was finished already, it began in another browser, or cookies are off. Please begin again.",
  },
  PROVIDER_NOT_FOUND: { title: "There is no such login here", advice: "Choose one of those below." },
  CONSUMER_REJECTED: {
    title: "The provider does not know this site",
    advice: "That is for us to mend, and we have been told. Please try again later.",
  },
  ...sameFor(["PROVIDER_REJECTED", "BAD_TOKEN_RESPONSE", "CALLBACK_NOT_CONFIRMED"], {
    title: "The provider did not accept this login",
    advice: "Please begin again. If it keeps failing, tell us.",
  }),
  ...sameFor(
    [
      "PROVIDER_UNREACHABLE", "PROVIDER_BUSY", "STORE_UNAVAILABLE", "EXCHANGE_IN_PROGRESS", "KEY_NOT_LOADED",
      "DEADLINE", "UNAVAILABLE",
    ],
    { title: "Not right now", advice: "The provider or our login service is away. Please try again in a moment." },
  ),
  ...sameFor(["OVERLOADED", "STORE_FULL", "QUOTA_EXCEEDED"], {
    title: "Very busy",
    advice: "There are too many logins at once. Please try again in a moment.",
  }),
};

const CALL: Record<string, Explanation> = {
  DESTINATION_DENIED: {
    title: "Not sent",
    advice: "This page may not make that call: the gateway's configuration lists the methods and paths that it may.",
  },
  INVALID_REQUEST: { title: "Not sent", advice: "Something in the method, the path or the parameters is not allowed." },
  CALLER_NOT_ALLOWED: { title: "Not sent", advice: "This page is out of date. Please load it again." },
  RESPONSE_TOO_LARGE: { title: "Too much to show", advice: "The provider's answer is larger than a page can take." },
  OUTCOME_UNKNOWN: {
    title: "Nobody knows",
    advice: "The call may have taken effect. Look at the provider before you send it again.",
  },
  ...sameFor(["TOKEN_EXPIRED", "TOKEN_INVALID"], { title: "Logged out", advice: "Please log in again." }),
  ...sameFor(["PROVIDER_UNREACHABLE", "STORE_UNAVAILABLE", "KEY_NOT_LOADED", "DEADLINE"], {
    title: "No answer",
    advice: "The provider or our service is away. Please try again in a moment.",
  }),
  ...sameFor(["OVERLOADED", "QUOTA_EXCEEDED"], { title: "Very busy", advice: "Please try again in a moment." }),
};

/** Of a login that ended without one. */
export function explainLogin(reason: string): Explanation {
  const unknown = { title: "That did not work", advice: "Please log in again. If it keeps failing, tell us." };
  return of(LOGIN, reason) ?? unknown;
}

/** Of a call without an answer. */
export function explainCall(reason: string): Explanation {
  return of(CALL, reason) ?? { title: "No answer", advice: "Please try again. If it keeps failing, tell us." };
}

function of(explanations: Record<string, Explanation>, reason: string): Explanation | undefined {
  return Object.hasOwn(explanations, reason) ? explanations[reason] : undefined;
}

function sameFor(reasons: string[], explanation: Explanation): Record<string, Explanation> {
  return Object.fromEntries(reasons.map((reason) => [reason, explanation]));
}
