/** The gateway's configuration: a YAML file, checked as a whole; GATEWAY.md is its manual. */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

import { serverSettings, type ServerSettings } from "../settings.js";
import { parsePath, type CallRule, type PathPattern } from "./call_rules.js";
import { ConfigMistakes, parseConfig, type ConfigField } from "./config_field.js";
import { existingPath, secretPath, secretText } from "./config_files.js";
import { isLoopbackAddress, isLoopbackHost, parseListenAddress, type ListenAddress } from "./listen_address.js";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]{1,64}$/;
const PROVIDER_NAME = /^[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,63}$/;

/** All of it. One of `browser` and `calls` is there at least. */
export interface GatewayConfig {
  readonly service: ServerSettings;
  readonly browser: BrowserConfig | undefined;
  readonly calls: CallsConfig | undefined;
}

/** What both listeners have. */
export interface ListenerConfig {
  readonly listen: ListenAddress;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
}

/** The page's backend. */
export interface BrowserConfig extends ListenerConfig {
  /** The page's origin, as browsers spell it. */
  readonly origin: string;
  /** The folder with the page's files; undefined: none are served. */
  readonly staticFolder: string | undefined;
  /** How long a session lives, in milliseconds, and how many the memory keeps. */
  readonly session: { readonly idleMs: number; readonly absoluteMs: number; readonly most: number };
  readonly providers: readonly ProviderConfig[];
}

/** A provider that the page may use. */
export interface ProviderConfig {
  readonly name: string;
  /** Empty: the only one. */
  readonly consumer: string;
  readonly authorizeParameters: readonly [string, string][];
  readonly calls: readonly CallRule[];
}

/** The service for callers on this machine, or with a key. */
export interface CallsConfig extends ListenerConfig {
  /** SHA-256 of the keys that may call; none: whoever can reach the loopback. */
  readonly apiKeys: readonly { readonly name: string; readonly sha256: Buffer }[];
}

/** Reads the file; throws ConfigMistakes with all that is wrong. */
export function loadConfig(file: string): GatewayConfig {
  const mistakes: string[] = [];
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new ConfigMistakes([`${file}: cannot be read: ${(error as NodeJS.ErrnoException).code ?? "it failed"}`]);
  }
  const config = read(parseConfig(text, mistakes), dirname(resolve(file)));
  if (mistakes.length > 0) throw new ConfigMistakes(mistakes);
  return config;
}

function read(root: ConfigField, folder: string): GatewayConfig {
  const fields = root.fields(["service", "browser", "calls"]);
  const browser = fields.get("browser");
  const calls = fields.get("calls");
  if (!browser && !calls) root.mistake("browser or calls is needed");
  return {
    service: readService(fields.get("service"), root, folder),
    browser: browser && readBrowser(browser, folder),
    calls: calls && readCalls(calls, folder),
  };
}

function readService(field: ConfigField | undefined, root: ConfigField, folder: string): ServerSettings {
  const fields = field?.fields(["address", "ca_file", "cert_file", "key_file", "api_key"]);
  const file = (name: string, find = existingPath): string | undefined => {
    const named = fields?.get(name);
    return named && find(named, folder, "file");
  };
  const apiKey = fields?.get("api_key");
  const given = {
    server: fields?.get("address")?.text(),
    caFile: file("ca_file"),
    certFile: file("cert_file"),
    keyFile: file("key_file", secretPath),
    apiKey: apiKey && secretText(apiKey, folder),
  };
  try {
    return serverSettings(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));
  } catch (error) {
    (field ?? root).mistake((error as Error).message);
    return { server: "" };
  }
}

function readBrowser(field: ConfigField, folder: string): BrowserConfig {
  const known = ["listen", "tls", "dangerously_without_tls", "origin", "static", "session", "providers"];
  const fields = field.fields(known, ["listen", "origin", "providers"]);
  const folderField = fields.get("static");
  const providers = (fields.get("providers")?.list() ?? []).map((one) => ({ one, read: readProvider(one) }));
  const names = new Set<string>();
  for (const { one, read: provider } of providers) {
    if (names.has(provider.name) && provider.name) one.mistake(`a second provider named ${provider.name}`);
    names.add(provider.name);
  }
  return {
    ...readListener(field, fields, folder),
    origin: readOrigin(fields.get("origin")) ?? "",
    staticFolder: folderField && existingPath(folderField, folder, "folder"),
    session: readSession(fields.get("session")),
    providers: providers.map(({ read: provider }) => provider),
  };
}

function readOrigin(field: ConfigField | undefined): string | undefined {
  const text = field?.text();
  if (field === undefined || text === undefined) return undefined;
  if (!URL.canParse(text) || new URL(text).origin !== text || !/^https?:/.test(text)) {
    return field.mistake("must be an origin as browsers spell it, such as https://www.example.com");
  }
  const url = new URL(text);
  if (url.protocol === "https:" || isLoopbackHost(url.hostname.replace(/^\[|\]$/g, ""))) return text;
  return field.mistake("must be https, but for a loopback host: cookies would cross the network in the clear");
}

function readSession(field: ConfigField | undefined): BrowserConfig["session"] {
  const fields = field?.fields(["idle", "absolute", "most"]);
  const idleMs = fields?.get("idle")?.duration() ?? 30 * 60_000;
  const absoluteMs = fields?.get("absolute")?.duration() ?? 12 * 3_600_000;
  if (field && idleMs > absoluteMs) field.mistake("idle is longer than absolute");
  return { idleMs, absoluteMs, most: fields?.get("most")?.integer(1, 1_000_000) ?? 10_000 };
}

function readProvider(field: ConfigField): ProviderConfig {
  const fields = field.fields(["name", "consumer", "authorize_parameters", "calls"], ["name"]);
  return {
    name: fields.get("name")?.text(PROVIDER_NAME, "must be a name of letters, digits, - . _ ~") ?? "",
    consumer: fields.get("consumer")?.text() ?? "",
    authorizeParameters: fields.get("authorize_parameters")?.texts() ?? [],
    calls: (fields.get("calls")?.list() ?? []).map(readRule),
  };
}

function readRule(field: ConfigField): CallRule {
  const fields = field.fields(["methods", "paths", "headers"], ["methods", "paths"]);
  const each = <T>(name: string, take: (one: ConfigField) => T | undefined): T[] =>
    (fields.get(name)?.list() ?? []).map(take).filter((one) => one !== undefined);
  const headers = each("headers", (one) => one.text(HEADER_NAME, "must be the name of a header"));
  return {
    methods: new Set(each("methods", (one) => {
      const method = one.text();
      return method === undefined || METHODS.includes(method) ? method : one.mistake(`must be ${METHODS.join(", ")}`);
    })),
    paths: each("paths", readPath),
    headers: new Set(["accept", "accept-language", ...headers.map((name) => name.toLowerCase())]),
  };
}

function readPath(field: ConfigField): PathPattern | undefined {
  const text = field.text();
  if (text === undefined) return undefined;
  const path = text.includes("?") ? "the query is free, and not part of a path" : parsePath(text);
  if (typeof path === "string") return field.mistake(`${path}; such as account/show.json, without a / first`);
  if (path.segments.slice(0, -1).includes("**")) return field.mistake("** may only stand at the end");
  return path;
}

function readCalls(field: ConfigField, folder: string): CallsConfig {
  const fields = field.fields(["listen", "tls", "dangerously_without_tls", "api_keys"], ["listen"]);
  const listener = readListener(field, fields, folder);
  const apiKeys = (fields.get("api_keys")?.list() ?? []).map((one) => {
    const key = one.fields(["name", "sha256"], ["name", "sha256"]);
    const sha256 = key.get("sha256")?.text(/^[0-9a-f]{64}$/, "must be the key's SHA-256 in 64 lower-case hex digits");
    return { name: key.get("name")?.text() ?? "", sha256: Buffer.from(sha256 ?? "", "hex") };
  });
  if (apiKeys.length === 0 && !fields.has("api_keys") && !isLoopbackAddress(listener.listen)) {
    field.mistake("api_keys are needed beyond the loopback");
  }
  return { ...listener, apiKeys };
}

function readListener(field: ConfigField, fields: Map<string, ConfigField>, folder: string): ListenerConfig {
  const address = fields.get("listen");
  const text = address?.text();
  const listen = text === undefined ? undefined : parseListenAddress(text);
  if (text !== undefined && !listen) address?.mistake('must be HOST:PORT, "[ADDRESS]:PORT" or unix:/path');
  const tls = fields.get("tls")?.fields(["cert_file", "key_file"], ["cert_file", "key_file"]);
  const cert = tls?.get("cert_file");
  const key = tls?.get("key_file");
  const certFile = cert && existingPath(cert, folder, "file");
  const keyFile = key && secretPath(key, folder);
  const plain = fields.get("dangerously_without_tls")?.flag() ?? false;
  if (listen && !tls && !plain && !isLoopbackAddress(listen)) {
    field.mistake("tls is needed beyond the loopback (or dangerously_without_tls: true, where a proxy ends TLS)");
  }
  return {
    listen: listen ?? { host: "127.0.0.1", port: 0 },
    tls: certFile !== undefined && keyFile !== undefined ? { certFile, keyFile } : undefined,
  };
}
