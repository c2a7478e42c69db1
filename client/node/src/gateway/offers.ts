/** Where one can log in: what the service lists of the configuration's providers. */
import { create } from "@bufbuild/protobuf";

import { LoginOfferSchema, type LoginOffer } from "../stubs/oauth1d/gateway/v1/gateway_pb.js";
import { Capability, OAuth1Service, type Provider } from "../stubs/oauth1d/v1/oauth1d_pb.js";
import type { ProviderConfig } from "./config.js";
import type { Upstream } from "./upstream.js";

const FRESH_MS = 60_000;
const TRY_AGAIN_MS = 2_000;

/** The login offers, asked for at most once a minute. */
export class Offers {
  #listed: Map<string, Provider> | undefined;
  #askAgainAt = 0;
  #asking: Promise<void> | undefined;

  constructor(
    private readonly upstream: Upstream,
    private readonly providers: readonly ProviderConfig[],
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * In the order of the configuration. As long as the service has never answered, the names stand for the titles: a
   * page that can say why a login fails is better than none.
   */
  async list(): Promise<LoginOffer[]> {
    if (this.now() >= this.#askAgainAt) await (this.#asking ??= this.#ask());
    return this.providers
      .filter(({ name }) => {
        const listed = this.#listed?.get(name);
        return !this.#listed || listed?.capabilities.includes(Capability.THREE_LEGGED);
      })
      .map(({ name }) => {
        const listed = this.#listed?.get(name);
        return create(LoginOfferSchema, {
          provider: name,
          title: listed?.title || name,
          loginPath: `/login/${encodeURIComponent(name)}`,
          iconHint: listed?.iconHint ?? "",
        });
      });
  }

  async #ask(): Promise<void> {
    try {
      const answer = await this.upstream.call(OAuth1Service.method.listProviders, {}, { timeoutMs: 5_000 });
      this.#listed = new Map(answer.providers.map((provider) => [provider.name, provider]));
      this.#askAgainAt = this.now() + FRESH_MS;
    } catch {
      this.#askAgainAt = this.now() + TRY_AGAIN_MS;
    } finally {
      this.#asking = undefined;
    }
  }
}
