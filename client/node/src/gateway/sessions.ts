/**
 * The gateway's sessions. The browser has 256 random bits in an httpOnly cookie; the store has the SHA-256 of them as
 * key, so whoever reads it has no cookie, and the access tokens as oauth1d sealed them.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

import type { SessionStore } from "./session_store.js";

const FOLLOWED_MS = 60_000; // longer than a call that renews

/** One login of a session. */
export interface KeptLogin {
  readonly provider: string;
  /** The sealed access token. */
  readonly accessToken: string;
  /** Names and values of what the provider said with it, without anything secret. */
  readonly parameters: readonly (readonly [string, string])[];
  /** Milliseconds since 1970. */
  readonly expires?: number | undefined;
}

/** A session as the store keeps it. */
export interface Session {
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly seen: number;
  /** What Call and LogOut have to show. */
  readonly csrfToken: string;
  readonly logins: readonly KeptLogin[];
}

/** A session and the key under which it stands. */
export interface OpenSession {
  readonly key: string;
  readonly session: Session;
}

/** How long sessions live, in milliseconds. */
export interface SessionLife {
  readonly idleMs: number;
  readonly absoluteMs: number;
}

/** Opens, makes and changes sessions. */
export class Sessions {
  readonly cookieName: string;
  readonly #locks = new Map<string, Promise<unknown>>();
  readonly #moved = new Map<string, { to: string; until: number }>(); // the oldest first

  constructor(
    private readonly store: SessionStore,
    private readonly life: SessionLife,
    private readonly secure: boolean,
    private readonly now: () => number = Date.now,
  ) {
    this.cookieName = secure ? "__Host-oauth1d-session" : "oauth1d-session";
  }

  /** The session of a request's Cookie header; it counts as seen. */
  async open(cookieHeader: string | undefined): Promise<OpenSession | undefined> {
    for (const key of this.#keys(cookieHeader)) {
      const session = await this.#read(key);
      if (!session) continue;
      // not at each call: the store may be far away
      if (this.now() - session.seen > this.life.idleMs / 10) await this.change(key, (current) => current);
      return { key, session };
    }
    return undefined;
  }

  /**
   * Adds a login under a new id, with the logins that `old` has by now; `old` ends. Gives the Set-Cookie header. Who
   * has opened `old` before may still change it, for a minute: that changes the new one.
   */
  async logIn(old: OpenSession | undefined, login: KeptLogin): Promise<string> {
    const id = randomBytes(32).toString("base64url");
    const begin = (present: readonly KeptLogin[]): Promise<void> => this.#write(keyOf(id), {
      created: this.now(),
      seen: this.now(),
      csrfToken: randomBytes(32).toString("base64url"),
      logins: [...present.filter((one) => one.provider !== login.provider), login],
    });
    if (!old) await begin([]);
    else {
      await this.#inTurn(old.key, async (key) => {
        const present = await this.#read(key); // somebody may have logged out meanwhile
        await begin(present?.logins ?? []);
        await this.store.delete(key);
        if (present) this.#follow(key, keyOf(id));
      });
    }
    return `${this.cookieName}=${id}; Max-Age=${Math.floor(this.life.absoluteMs / 1000)}; ${this.#attributes()}`;
  }

  /** Changes what is stored now, one at a time in this process; a session without logins ends. */
  async change(key: string, how: (session: Session) => Session): Promise<void> {
    return this.#inTurn(key, async (present) => {
      const current = await this.#read(present);
      if (!current) return;
      const next = how(current);
      if (next.logins.length === 0) await this.store.delete(present);
      else await this.#write(present, { ...next, seen: this.now() });
    });
  }

  /** One after the other for a key, and for those that it has become since. */
  async #inTurn(key: string, work: (key: string) => Promise<void>): Promise<void> {
    const before = this.#locks.get(key) ?? Promise.resolve();
    const turn = before.then(() => {
      const moved = this.#moved.get(key);
      return moved && this.now() < moved.until ? this.#inTurn(moved.to, work) : work(key);
    });
    const settled = turn.catch(() => undefined);
    this.#locks.set(key, settled);
    void settled.then(() => {
      if (this.#locks.get(key) === settled) this.#locks.delete(key);
    });
    return turn;
  }

  // Only for changes by who has the session open: a cookie with the old id opens nothing.
  #follow(from: string, to: string): void {
    for (const [key, { until }] of this.#moved) {
      if (this.now() < until) break;
      this.#moved.delete(key);
    }
    this.#moved.set(from, { to, until: this.now() + FOLLOWED_MS });
  }

  /** Changes one login, or ends it (undefined), if it still has the token that the caller saw. */
  changeLogin(key: string, seen: KeptLogin, accessToken: string | undefined): Promise<void> {
    return this.change(key, (session) => ({
      ...session,
      logins: session.logins.flatMap((login) => {
        if (login.provider !== seen.provider || login.accessToken !== seen.accessToken) return [login];
        return accessToken === undefined ? [] : [{ ...login, accessToken }];
      }),
    }));
  }

  /** The Set-Cookie header that removes the cookie. */
  get goneCookie(): string {
    return `${this.cookieName}=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; ${this.#attributes()}`;
  }

  #attributes(): string {
    return `Path=/; HttpOnly; SameSite=Lax${this.secure ? "; Secure" : ""}`;
  }

  // On plain http a neighbour may have planted one more.
  #keys(cookieHeader: string | undefined): string[] {
    const ids = (cookieHeader ?? "").split(";").map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(`${this.cookieName}=`))
      .map((pair) => pair.slice(this.cookieName.length + 1))
      .filter((id) => /^[\w-]{43}$/.test(id));
    return [...new Set(ids)].slice(0, 4).map(keyOf);
  }

  async #read(key: string): Promise<Session | undefined> {
    const text = await this.store.get(key);
    if (text === undefined) return undefined;
    const session = JSON.parse(text) as Session;
    const now = this.now();
    return now < session.created + this.life.absoluteMs && now < session.seen + this.life.idleMs ? session : undefined;
  }

  #write(key: string, session: Session): Promise<void> {
    const left = session.created + this.life.absoluteMs - this.now();
    return this.store.set(key, JSON.stringify(session), Math.max(1, Math.min(this.life.idleMs, left)));
  }
}

/** Whether two texts are the same, in a time that tells nothing of where they differ. */
export function sameText(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

function keyOf(id: string): string {
  return createHash("sha256").update(id).digest("base64url");
}
