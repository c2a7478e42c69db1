/** The providers that an application registers; the part of `OAuth` that all web frameworks share. */
import { Client } from "./client.js";
import { InvalidCall } from "./errors.js";
import type { ProviderClient } from "./provider_client.js";
import type { Registration, TokenHooks } from "./registration.js";
import { withRequest } from "./request_tokens.js";
import type { ServerSettings } from "./settings.js";

/** Where the service is, and how stored users are found. */
export interface OAuthOptions<Request extends object = object> extends TokenHooks<Request> {
  /** The service's address; default: OAUTH1D_SERVER, then 127.0.0.1:50051. */
  readonly server?: string | undefined;
  /** TLS and the API key; what is left out comes from the environment. */
  readonly settings?: Partial<ServerSettings> | undefined;
}

// Those that were only asked for, perhaps by whoever sends requests to /login/NAME.
const MOST_UNREGISTERED = 1000;
const NAME = /^[\w.~-]{1,64}$/;

/** Make one, when your application starts. Nothing connects before the first call. */
export abstract class Registry<Request extends object, C extends ProviderClient<Request>> {
  /** The calls without a framework. */
  readonly service: Client;
  readonly #hooks: TokenHooks<Request>;
  readonly #clients = new Map<string, C>();
  readonly #unregistered = new Map<string, C>();

  constructor(options: OAuthOptions<Request> = {}) {
    const { server, settings, ...hooks } = options;
    this.service = new Client({ ...settings, ...(server && { server }) });
    this.#hooks = hooks;
  }

  /** Says what this application wants with provider `name`; replaces what was said before. */
  register(name: string, registration: Registration<Request> = {}): C {
    const client = this.#newClient(name, registration);
    this.#clients.set(name, client);
    this.#unregistered.delete(name);
    return client;
  }

  /**
   * The client of provider `name`. It need not be registered: what the service knows will work. Throws an InvalidCall
   * for what can be no provider's name.
   */
  client(name: string): C {
    const known = this.#clients.get(name) ?? this.#unregistered.get(name);
    if (known) return known;
    const client = this.#newClient(name, {});
    for (const oldest of this.#unregistered.keys()) {
      if (this.#unregistered.size < MOST_UNREGISTERED) break;
      this.#unregistered.delete(oldest);
    }
    this.#unregistered.set(name, client);
    return client;
  }

  /** Runs `handler` as part of the handling of `request`: calls inside it find the token of its login. */
  withRequest<T>(request: Request, handler: () => T): T {
    return withRequest(request, handler);
  }

  /** Closes the connection; running calls fail. */
  close(): void {
    this.service.close();
  }

  #newClient(name: string, registration: Registration<Request>): C {
    if (!NAME.test(name)) {
      throw new InvalidCall("no provider's name: 1 to 64 letters, digits and ._~-", { code: "INVALID_ARGUMENT" });
    }
    return this.newClient(name, { ...this.#hooks, ...registration });
  }

  protected abstract newClient(name: string, registration: Registration<Request>): C;
}
