/** What to tell a person about an error. */
import { HttpStatusError } from "./answer.js";
import {
  AlreadyCompleted, BindingMismatch, CallerRejected, DeadlineExceeded, FlowNotFound, InvalidCall, MissingTokenError,
  NotFound, OAuth1dError, ProviderRejected, ResourceExhausted, TokenExpired, TokenInvalid, TokenMismatch, Unavailable,
  UnknownOutcome, UserDenied,
} from "./errors.js";

/** A page in three lines; texts of ours alone, so there is nothing in them to escape. */
export interface Explanation {
  /** The HTTP status of the page. */
  readonly status: number;
  readonly title: string;
  /** What the person can do. */
  readonly advice: string;
}

type ErrorClass = abstract new (...args: never[]) => unknown;

const LOG_IN_AGAIN = "Please log in again.";
const WAIT = "Please try again in a minute.";

// The first class that fits counts.
const EXPLANATIONS: ReadonlyArray<readonly [ErrorClass, Explanation]> = [
  [UserDenied, page(403, "You said no",
    "Nothing was shared. If you changed your mind, log in again and allow the access.")],
  [BindingMismatch, page(403, "This login began in another browser",
    "Finish it where you began it, or log in again here. If someone sent you this link, do not use it.")],
  [TokenMismatch, page(403, "This is not the login that you began", "Log in again from the start, in one tab.")],
  [FlowNotFound, page(410, "This login is no longer open", `It took too long, or the link is an old one. ${LOG_IN_AGAIN}`)],
  [AlreadyCompleted, page(410, "This login was finished before",
    "Log in again. If it was not you who finished it, tell us.")],
  [NotFound, page(404, "There is no such provider", "Choose one of those that the login page shows.")],
  [ProviderRejected, page(502, "The provider refused this login", LOG_IN_AGAIN)],
  [TokenExpired, page(401, "Your login has ended", LOG_IN_AGAIN)],
  [TokenInvalid, page(401, "Your login is no longer valid", LOG_IN_AGAIN)],
  [MissingTokenError, page(401, "You are not logged in", "Please log in first.")],
  [InvalidCall, page(400, "This link does not work",
    "The login began in another browser, cookies are off, or the link is damaged. Please log in again here.")],
  [UnknownOutcome, page(502, "We cannot tell whether that worked",
    "Please look at the provider whether it did, before you do it again.")],
  [Unavailable, page(503, "The login service or the provider is away", WAIT)],
  [ResourceExhausted, page(503, "Too many people at once", WAIT)],
  [DeadlineExceeded, page(504, "That took too long", WAIT)],
  [CallerRejected, page(500, "This application is not set up correctly", "Please tell whoever runs it.")],
  [HttpStatusError, page(502, "The provider did not answer as it should", WAIT)],
  [OAuth1dError, page(500, "That did not work", "Please log in again. If it happens again, tell whoever runs this page.")],
];

// What a callback without any binding cookie gets: most often one that was loaded anew after its login was finished.
const NOT_THIS_BROWSER = page(400, "This login is not open in this browser",
  `It was finished already, it began in another browser, or cookies are off. ${LOG_IN_AGAIN}`);

/** The page for an error of this package; undefined for any other. Details belong in the log: `error.message`. */
export function explain(error: unknown): Explanation | undefined {
  if (error instanceof InvalidCall && error.fieldViolations.some(({ field }) => field.startsWith("binding_cookies"))) {
    return NOT_THIS_BROWSER;
  }
  return EXPLANATIONS.find(([kind]) => error instanceof kind)?.[1];
}

/** A whole HTML page that shows an explanation, with role="alert". `homeHref` is where its link leads. */
export function explanationPage({ title, advice }: Explanation, homeHref = "/"): string {
  const href = homeHref.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<main role="alert">
<h1>${title}</h1>
<p>${advice}</p>
</main>
<p><a href="${href}">Back to the start</a></p>
</html>
`;
}

function page(status: number, title: string, advice: string): Explanation {
  return { status, title, advice };
}
