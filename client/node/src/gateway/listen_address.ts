/** Where a listener listens, and what counts as loopback. */
import { chmodSync, lstatSync, rmSync } from "node:fs";
import { connect, isIP, isIPv6, type AddressInfo, type Server } from "node:net";

/** HOST:PORT or unix:/path, taken apart. */
export type ListenAddress = { readonly path: string } | { readonly host: string; readonly port: number };

/** undefined: it is neither HOST:PORT, [ADDRESS]:PORT nor unix:/path. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  if (text.startsWith("unix:/")) return { path: text.slice("unix:".length) };
  const [, v6, name, digits] = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = v6 ?? name;
  const port = Number(digits);
  if (host === undefined || port > 65535 || (v6 !== undefined && !isIPv6(v6))) return undefined;
  return { host, port };
}

/** A name or an address (without brackets) that never leaves this machine. */
export function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase();
  return name === "localhost" || name === "::1" || (isIP(name) === 4 && name.startsWith("127."));
}

/** Only this machine reaches it. */
export function isLoopbackAddress(address: ListenAddress): boolean {
  return "path" in address || isLoopbackHost(address.host);
}

/** Listens; gives the address as one would write it, with the port that the kernel chose for port 0. */
export async function listen(server: Server, address: ListenAddress): Promise<string> {
  if ("path" in address) await removeDeadSocket(address.path);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen("path" in address ? { path: address.path } : { host: address.host, port: address.port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  if ("path" in address) {
    chmodSync(address.path, 0o660); // whoever may open it may call
    return `unix:${address.path}`;
  }
  const bound = server.address() as AddressInfo;
  return bound.family === "IPv6" ? `[${bound.address}]:${bound.port}` : `${bound.address}:${bound.port}`;
}

/** A socket that an earlier run left behind; one on which somebody listens stays, and listening fails. */
async function removeDeadSocket(path: string): Promise<void> {
  try {
    if (!lstatSync(path).isSocket()) return;
  } catch {
    return;
  }
  const dead = await new Promise<boolean>((resolve) => {
    const probe = connect(path);
    probe.once("connect", () => { probe.destroy(); resolve(false); });
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "ECONNREFUSED"));
  });
  if (dead) rmSync(path, { force: true });
}
