/**
 * Which calls a page may make. Nothing is allowed that no rule lists.
 *
 * A path of a rule is relative to the provider's first API base (`account/verify_credentials.json`), or a whole URL
 * (`https://api.example.com/2/me`). A segment `*` stands for any one segment, `**` at the end for one or more. The
 * query is free. A call's url has to be written in the one plain way: what some server could read as another path (dot
 * segments, `//`, `\`, a `%` that stands for a letter, a slash or a control character, `;` after dots) is refused.
 */
import type { HttpCall } from "../stubs/oauth1d/v1/oauth1d_pb.js";

const ANY = "*";
const REST = "**";
const ABSOLUTE = /^(https?:\/\/(?:[a-z0-9.\-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?)\/(.*)$/s;
const PLAIN_SEGMENT = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-F]{2})+$/;

/** What a rule allows. */
export interface CallRule {
  /** In upper case. */
  readonly methods: ReadonlySet<string>;
  readonly paths: readonly PathPattern[];
  /** Names, in lower case, of headers that the page may send on. */
  readonly headers: ReadonlySet<string>;
}

/** A path of a rule: origin ("" for relative ones) and segments. */
export interface PathPattern {
  readonly origin: string;
  readonly segments: readonly string[];
}

/** Why no rule allows this call; undefined: one does. */
export function whyDenied(rules: readonly CallRule[], call: HttpCall): string | undefined {
  if (/[#\u0000-\u0020\u007f]/.test(call.url)) return "the url holds a fragment, a blank or a control character";
  const path = parsePath(call.url.split("?", 1)[0] ?? "");
  if (typeof path === "string") return path;
  const here = rules.filter((rule) => rule.paths.some((pattern) => matches(pattern, path)));
  if (here.length === 0) return "the gateway's configuration lists no such path";
  const allowed = here.filter((rule) => rule.methods.has(call.method));
  if (allowed.length === 0) return "the gateway's configuration does not list this method for this path";
  const names = call.headers.map((header) => header.name.toLowerCase());
  if (allowed.some((rule) => names.every((name) => rule.headers.has(name)))) return undefined;
  return "the gateway's configuration does not list one of the headers";
}

/** A path without query, taken apart; a text says why it is none. `*` is a segment like others here. */
export function parsePath(path: string): PathPattern | string {
  const [, origin = "", rest = path] = ABSOLUTE.exec(path) ?? [];
  if (origin !== "" && (!URL.canParse(origin) || new URL(origin).origin !== origin)) {
    return "the url is not in its plain form";
  }
  const segments = rest.split("/");
  if (origin === "" && (segments[0] ?? "").includes(":")) return "the url is neither relative nor a plain https url";
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1;
    if (segment === "" && last && index > 0) continue; // ends in a slash
    if (!PLAIN_SEGMENT.test(segment) || hidesSomething(segment)) return "the url's path is not in its plain form";
  }
  return { origin, segments };
}

/** A `%` that need not be there, or that some server could take for a separator; dots, also before a `;`. */
function hidesSomething(segment: string): boolean {
  const unreserved = /^[A-Za-z0-9\-._~]$/;
  for (const [, hex = ""] of segment.matchAll(/%(..)/g)) {
    const code = Number.parseInt(hex, 16);
    const character = String.fromCharCode(code);
    if (code < 0x20 || code === 0x7f || "/\\%;".includes(character) || unreserved.test(character)) return true;
  }
  const name = segment.split(";", 1)[0] ?? "";
  return /^\.{1,2}$/.test(name) || name === "";
}

function matches(pattern: PathPattern, path: PathPattern): boolean {
  if (pattern.origin !== path.origin) return false;
  const wanted = pattern.segments;
  const given = path.segments;
  const open = wanted.at(-1) === REST;
  const fixed = open ? wanted.slice(0, -1) : wanted;
  if (open ? given.length <= fixed.length : given.length !== fixed.length) return false;
  return fixed.every((segment, index) => {
    const text = given[index] ?? "";
    return segment === ANY ? text !== "" : segment === text;
  });
}
