/** Names and values of a query, a form or a token response, to and from the contract's messages. */
import { create } from "@bufbuild/protobuf";

import { ParameterSchema, type Parameter } from "./stubs/oauth1d/v1/oauth1d_pb.js";

/** A value; null and undefined stand for an empty one. */
export type Scalar = string | Uint8Array | number | bigint | boolean | null | undefined;
/** An object, whose values may be lists (the name then repeats), or pairs in order, such as URLSearchParams. */
export type Parameters = Readonly<Record<string, Scalar | readonly Scalar[]>> | Iterable<readonly [string, Scalar]>;
/** What a provider said: pairs in order; a value that is not UTF-8 as bytes. */
export type ParameterPairs = ReadonlyArray<readonly [name: string, value: string | Uint8Array]>;

/** The pairs of `parameters`, in order. */
export function pairsOf<T>(parameters: Readonly<Record<string, T | readonly T[]>> | Iterable<readonly [string, T]>):
  Array<readonly [string, T]> {
  if (typeof parameters === "string") throw new TypeError("give parameters as an object or as pairs, not as text");
  if (Symbol.iterator in parameters) return [...(parameters as Iterable<readonly [string, T]>)];
  return Object.entries(parameters as Readonly<Record<string, T | readonly T[]>>).flatMap(([name, values]) =>
    Array.isArray(values) ? values.map((value: T) => [name, value] as const) : [[name, values as T] as const]);
}

/** The messages for `parameters`, in order. */
export function parameterMessages(parameters: Parameters | undefined): Parameter[] {
  return parameters === undefined ? [] : pairsOf<Scalar>(parameters).map(([name, value]) =>
    create(ParameterSchema, {
      name,
      content: value instanceof Uint8Array ? { case: "rawValue", value } : { case: "value", value: textOf(value) },
    }));
}

/** The pairs of messages, in order. */
export function parameterPairs(messages: readonly Parameter[]): ParameterPairs {
  return messages.map(({ name, content }) => [name, content.value ?? ""] as const);
}

function textOf(value: Exclude<Scalar, Uint8Array>): string {
  return value === null || value === undefined ? "" : String(value);
}
