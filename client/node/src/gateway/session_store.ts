/** Where sessions are kept: texts under keys, with an expiry. */

/** What the gateway needs of a store. Several replicas may share one. */
export interface SessionStore {
  /** The text; undefined: there is none, or it has expired. */
  get(key: string): Promise<string | undefined>;
  /** Keeps `text` for `ttlMs` milliseconds, in place of what was there. */
  set(key: string, text: string, ttlMs: number): Promise<void>;
  /** Forgets it, if it is there. */
  delete(key: string): Promise<void>;
}

/** Keeps sessions in this process, at most `most`; then the one goes that was written or read the longest time ago. */
export class MemorySessionStore implements SessionStore {
  readonly #entries = new Map<string, { text: string; expires: number }>(); // the least recently used first

  /** `now`: milliseconds since 1970. */
  constructor(private readonly most = 10_000, private readonly now: () => number = Date.now) {}

  async get(key: string): Promise<string | undefined> {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    if (entry.expires <= this.now()) return undefined;
    this.#entries.set(key, entry);
    return entry.text;
  }

  async set(key: string, text: string, ttlMs: number): Promise<void> {
    this.#entries.delete(key);
    this.#entries.set(key, { text, expires: this.now() + ttlMs });
    while (this.#entries.size > this.most) this.#entries.delete(this.#entries.keys().next().value ?? "");
  }

  async delete(key: string): Promise<void> {
    this.#entries.delete(key);
  }

  /** How many it keeps. */
  get size(): number {
    return this.#entries.size;
  }
}

/** What RedisSessionStore asks of a client; node-redis has it as it is. */
export interface RedisLike {
  get(key: string): Promise<string | null>;
  /** PX: milliseconds. */
  set(key: string, value: string, options: { PX: number }): Promise<unknown>;
  del(key: string): Promise<unknown>;
}

/** Keeps sessions in Redis, or in whatever has its three commands, so that gateways may share them. */
export class RedisSessionStore implements SessionStore {
  constructor(private readonly redis: RedisLike, private readonly prefix = "oauth1d-gateway:session:") {}

  async get(key: string): Promise<string | undefined> {
    return (await this.redis.get(this.prefix + key)) ?? undefined;
  }

  async set(key: string, text: string, ttlMs: number): Promise<void> {
    await this.redis.set(this.prefix + key, text, { PX: Math.max(1, Math.ceil(ttlMs)) });
  }

  async delete(key: string): Promise<void> {
    await this.redis.del(this.prefix + key);
  }
}
