/** What the configuration says of a fake provider. */
import type { Parameter } from "../stubs/oauth1d/v1/oauth1d_pb.js";
import { invalid } from "./failure.js";

/** A provider; what is left out allows nothing. */
export interface FakeProvider {
  readonly name: string;
  /** The consumers' names; default: main. */
  readonly consumers?: readonly string[] | undefined;
  /** Whether its tokens can be renewed. */
  readonly renewal?: boolean | undefined;
  /** The names that are allowed in `authorizeParameters`. */
  readonly authorizeParameters?: readonly string[] | undefined;
  /** The names that are allowed in `requestTokenParameters`. */
  readonly requestTokenParameters?: readonly string[] | undefined;
  /** The names in its host templates. */
  readonly providerParameters?: readonly string[] | undefined;
}

/** The consumers of `provider`. */
export function consumersOf({ consumers }: FakeProvider): readonly string[] {
  return consumers ?? ["main"];
}

/** Throws INVALID_REQUEST for a consumer or host template that the provider has not. */
export function checkConsumer(
  provider: FakeProvider, request: { readonly consumer: string; readonly providerParameters: readonly Parameter[] },
): void {
  if (request.consumer && !consumersOf(provider).includes(request.consumer)) {
    throw invalid("consumer", "is none of this provider's");
  }
  checkAllowed(request.providerParameters, provider.providerParameters, "provider_parameters");
}

/** Throws INVALID_REQUEST for a name that is not among `allowed`. */
export function checkAllowed(
  parameters: readonly Parameter[], allowed: readonly string[] | undefined, field: string,
): void {
  parameters.forEach(({ name }, i) => {
    if (!allowed?.includes(name)) throw invalid(`${field}[${i}].name`, "is not allowed by the configuration");
  });
}
