/** Which failed calls may be made once more, and when. */
import type { OAuth1dError } from "./base_error.js";

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
