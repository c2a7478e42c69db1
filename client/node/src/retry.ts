/** Which failed calls may be made once more, and when. */
import type { OAuth1dError } from "./base_error.js";
import { errorOf } from "./errors.js";
import type { SignedRequestRequest, SignedRequestResponse } from "./stubs/oauth1d/v1/oauth1d_pb.js";

// RFC 9110 section 9.2.1
const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);
const LONGEST_PAUSE_MS = 2000;
const FIRST_PAUSE_MS = 100;
/** How often a call that the contract calls safe to repeat is made in all. */
export const ATTEMPTS = 3;

/**
 * Milliseconds to wait before the one retry of a SignedRequest; undefined: do not repeat. Only an UNAVAILABLE is
 * repeated, and then only if the service says that the provider has not seen the request, or if `method` is safe. A
 * wait that does not fit into `remainingMs`, or over two seconds, is left to the caller (`retryAfter`).
 */
export function pauseBeforeRepeat(error: OAuth1dError, method: string, remainingMs: number): number | undefined {
  if (error.code !== "UNAVAILABLE") return undefined;
  const provablyUnsent = error.reason !== "" && error.sent === "no";
  if (!provablyUnsent && !SAFE_METHODS.has(method)) return undefined;
  return fitting(Math.max((error.retryAfter ?? 0) * 1000, FIRST_PAUSE_MS / 2), remainingMs);
}

/** The same for a call that the contract calls safe to repeat, after `attempts` of them. */
export function pauseBeforeAttempt(error: OAuth1dError, attempts: number, remainingMs: number): number | undefined {
  if (error.code !== "UNAVAILABLE" || attempts >= ATTEMPTS) return undefined;
  return fitting(Math.max((error.retryAfter ?? 0) * 1000, FIRST_PAUSE_MS * 2 ** (attempts - 1)), remainingMs);
}

/** `request` with the token that was renewed before `error`, if one was: the old one may be dead. */
export function repeatOf(request: SignedRequestRequest, error: OAuth1dError): SignedRequestRequest {
  if (!error.renewedAccessToken || request.credentials.case !== "accessToken") return request;
  return { ...request, credentials: { case: "accessToken", value: error.renewedAccessToken } };
}

/** The repeat's answer; it names the token that was renewed before `earlier`, unless it names a newer one. */
export function answerAfter(earlier: OAuth1dError, answer: SignedRequestResponse): SignedRequestResponse {
  if (!earlier.renewedAccessToken || answer.replacementAccessToken) return answer;
  return { ...answer, replacementAccessToken: earlier.renewedAccessToken };
}

/** The repeat's error, likewise. */
export function errorAfter(earlier: OAuth1dError, error: OAuth1dError): OAuth1dError {
  const { renewedAccessToken } = earlier;
  if (!renewedAccessToken || error.renewedAccessToken) return error;
  const { code, reason, metadata, fieldViolations, retryAfter, appStateBytes: appState, cause } = error;
  return errorOf(error.description, {
    code, reason, metadata, fieldViolations, retryAfter, appState, renewedAccessToken, cause,
  });
}

/** Waits, or until `signal` ends the call. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    }
  });
}

function fitting(ms: number, remainingMs: number): number | undefined {
  const jittered = ms * (1 + Math.random() / 2);
  return jittered < Math.min(remainingMs, LONGEST_PAUSE_MS) ? jittered : undefined;
}
