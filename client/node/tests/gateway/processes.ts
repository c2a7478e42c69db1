/** The real provider (tests/sandbox) and the real service, as processes on free ports. */
import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { access, constants, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

/** A process that ends with its test. */
export class Program {
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  constructor(command: string, args: string[], env: Record<string, string>, readonly folder: string) {
    // It dies with the test run, however that ends.
    this.#child = spawn("setpriv", ["--pdeathsig", "KILL", "--", command, ...args], {
      stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env },
    });
    this.#ended = once(this.#child, "exit");
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) createInterface(stream).on("line", (line) => this.lines.push(line));
    }
  }

  /** The first line that `wanted` likes, waited for; fails if the process ends before. */
  async line(wanted: (line: string) => boolean): Promise<string> {
    return eventually(() => {
      const found = this.lines.find(wanted);
      if (found === undefined && this.#child.exitCode !== null) throw new Error(`it ended: ${this.lines.join("\n")}`);
      return found;
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Its exit status, waited for. */
  async ended(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.#ended;
    return this.#child.exitCode;
  }

  async stop(): Promise<void> {
    this.signal("SIGKILL");
    await this.ended();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** tests/sandbox/run. */
export async function startSandbox(...flags: string[]): Promise<{ url: string; program: Program }> {
  const folder = await mkdtemp(join(tmpdir(), "gateway-sandbox-"));
  const run = join(ROOT, "tests/sandbox/run");
  const program = new Program("/usr/bin/python3", ["-E", run, "--http", "127.0.0.1:0", ...flags], {}, folder);
  const ready = await program.line((line) => line.startsWith("READY "));
  return { url: `http://${/http=(\S+)/.exec(ready)?.[1] ?? ""}`, program };
}

/** A provider at `url` with the sandbox's paths. */
export function provider(url: string, name: string, more: object = {}): object {
  return {
    name,
    title: `The <${name}>`,
    consumers: [{ name: "main", key: "demo-key", secret: { env: "GATEWAY_TEST_SECRET" } }],
    request_token_url: `${url}/oauth/request_token`,
    authorize_url: `${url}/oauth/authorize`,
    access_token_url: `${url}/oauth/access_token`,
    api_base_urls: [`${url}/1.1/`],
    egress: { allow_plain_http: true, allow_cidrs: ["127.0.0.0/8"] },
    ...more,
  };
}

/** oauth1d over memory, for these providers with these callbacks. */
export async function startService(
  providers: object[], callbackOrigin: string, secret = "demo-secret",
): Promise<{ address: string; program: Program }> {
  const bin = process.env["OAUTH1D_BIN_DIR"];
  if (!bin) throw new Error("set OAUTH1D_BIN_DIR to the folder of oauth1d, e.g. build/dev/bin");
  await access(join(bin, "oauth1d"), constants.X_OK);
  const folder = await mkdtemp(join(tmpdir(), "gateway-service-"));
  const names = providers.map((one) => (one as { name: string }).name);
  const config = {
    listen: { address: "127.0.0.1:0", drain_delay: "0s" },
    store: { memory: {} },
    keyring: { file: "keyring.yaml" },
    owners: [{
      name: "default",
      providers: names.map((name) => ({ name, callback_urls: [`${callbackOrigin}/auth/${name}`], application: false })),
    }],
    providers,
  };
  const key = randomBytes(32).toString("base64");
  await writeFile(join(folder, "keyring.yaml"), `keys: [{id: k1, state: active, key: ${key}}]\n`, { mode: 0o600 });
  await writeFile(join(folder, "oauth1d.yaml"), JSON.stringify(config), { mode: 0o600 });
  const env = { GATEWAY_TEST_SECRET: secret };
  const program = new Program(join(bin, "oauth1d"), ["--config", join(folder, "oauth1d.yaml")], env, folder);
  const listening = await program.line((line) => line.includes('"event":"listening"'));
  return { address: (JSON.parse(listening) as { address: string }).address, program };
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

/** What `look` finds, as soon as it is neither undefined nor false. */
export async function eventually<T>(look: () => T | Promise<T>): Promise<Exclude<T, undefined | false>> {
  const patience = Date.now() + 60_000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found as Exclude<T, undefined | false>;
    if (Date.now() > patience) throw new Error(`it never came true: ${look}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
