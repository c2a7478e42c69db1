/** Where the service is and how to reach it. */
import { isIPv6 } from "node:net";

export const DEFAULT_SERVER = "127.0.0.1:50051";

/** The address of the service, TLS, and the API key. */
export interface ServerSettings {
  /** HOST:PORT, [ADDRESS]:PORT or unix:/path; `dns:///` in front of a name is allowed. */
  readonly server: string;
  /** PEM files. TLS is used when one is given; without caFile the roots that Node trusts count. */
  readonly caFile?: string | undefined;
  /** certFile and keyFile, together, identify this application. */
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** Sent as `authorization: Bearer KEY`. */
  readonly apiKey?: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `given`, and for what it leaves out OAUTH1D_SERVER, OAUTH1D_CA_FILE, OAUTH1D_CERT_FILE, OAUTH1D_KEY_FILE and
 * OAUTH1D_API_KEY. Throws a TypeError if they do not fit together.
 */
export function serverSettings(given: Partial<ServerSettings> = {}, env: Environment = process.env): ServerSettings {
  const settings: ServerSettings = {
    server: given.server || env["OAUTH1D_SERVER"] || DEFAULT_SERVER,
    caFile: given.caFile ?? (env["OAUTH1D_CA_FILE"] || undefined),
    certFile: given.certFile ?? (env["OAUTH1D_CERT_FILE"] || undefined),
    keyFile: given.keyFile ?? (env["OAUTH1D_KEY_FILE"] || undefined),
    apiKey: (given.apiKey ?? env["OAUTH1D_API_KEY"] ?? "").trim() || undefined,
  };
  if (!settings.certFile !== !settings.keyFile) {
    throw new TypeError("certFile and keyFile (OAUTH1D_CERT_FILE, OAUTH1D_KEY_FILE) belong together");
  }
  if (settings.apiKey && !/^[\x21-\x7e]+$/.test(settings.apiKey)) {
    throw new TypeError("apiKey (OAUTH1D_API_KEY) holds a character that a header may not hold");
  }
  serverAddress(settings.server);
  return settings;
}

/** What `server` names. */
export type ServerAddress = { readonly path: string } | { readonly host: string; readonly port: number };

/** Takes `server` apart; throws a TypeError that says what is allowed. */
export function serverAddress(server: string): ServerAddress {
  if (server.startsWith("unix:")) return { path: server.slice("unix:".length).replace(/^\/\/(?=\/)/, "") };
  const found = /^(?:dns:(?:\/\/\/)?)?(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(server);
  const [, v6, name, digits] = found ?? [];
  const port = Number(digits);
  if (!found || port > 65535 || (v6 !== undefined && !isIPv6(v6))) {
    throw new TypeError(`the service's address is HOST:PORT, [ADDRESS]:PORT or unix:/path, such as ${DEFAULT_SERVER}`);
  }
  return { host: v6 ?? name ?? "", port };
}
