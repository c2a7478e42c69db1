/** The providers that an application registers; the part of `OAuth` that all web frameworks share. */
import { Client } from "./client.js";
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

/** Make one, when your application starts. Nothing connects before the first call. */
export abstract class Registry<Request extends object, C extends ProviderClient<Request>> {
  /** The calls without a framework. */
  readonly service: Client;
  readonly #hooks: TokenHooks<Request>;
  readonly #clients = new Map<string, C>();

  constructor(options: OAuthOptions<Request> = {}) {
    const { server, settings, ...hooks } = options;
    this.service = new Client({ ...settings, ...(server && { server }) });
    this.#hooks = hooks;
  }

  /** Says what this application wants with provider `name`; replaces what was said before. */
  register(name: string, registration: Registration<Request> = {}): C {
    const client = this.newClient(name, { ...this.#hooks, ...registration });
    this.#clients.set(name, client);
    return client;
  }

  /** The client of provider `name`. It need not be registered: what the service knows will work. */
  client(name: string): C {
    return this.#clients.get(name) ?? this.register(name);
  }

  /** Runs `handler` as part of the handling of `request`: calls inside it find the token of its login. */
  withRequest<T>(request: Request, handler: () => T): T {
    return withRequest(request, handler);
  }

  /** Closes the connection; running calls fail. */
  close(): void {
    this.service.close();
  }

  protected abstract newClient(name: string, registration: Registration<Request>): C;
}
