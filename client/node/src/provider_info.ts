/** A provider, as a login page needs it. */
import { Capability, CapabilitySchema, type Provider } from "./stubs/oauth1d/v1/oauth1d_pb.js";

/** What one can do with a provider; others may be added. */
export type CapabilityName = Exclude<keyof typeof Capability, "UNSPECIFIED">;

/** A provider that this application may use. */
export interface ProviderInfo {
  /** For the other calls. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** Which logo to show, e.g. "x". */
  readonly iconHint: string;
  readonly capabilities: readonly CapabilityName[];
  /** YYYY-MM-DD; empty: no end is known. */
  readonly sunsetDate: string;
  /** The names for `consumer`. */
  readonly consumers: readonly string[];
  /** What `providerParameters` must hold. */
  readonly parameters: ReadonlyArray<{ name: string; pattern: string; description: string }>;
}

/** From the service's answer; capabilities that this version does not know are left out. */
export function providerInfo(message: Provider): ProviderInfo {
  return {
    name: message.name,
    title: message.title,
    iconHint: message.iconHint,
    capabilities: message.capabilities.flatMap((number) => capabilityName(number)),
    sunsetDate: message.sunsetDate,
    consumers: [...message.consumers],
    parameters: message.parameters.map(({ name, pattern, description }) => ({ name, pattern, description })),
  };
}

function capabilityName(number: Capability): CapabilityName[] {
  const name = CapabilitySchema.value[number]?.localName;
  return name && number !== Capability.UNSPECIFIED ? [name as CapabilityName] : [];
}
