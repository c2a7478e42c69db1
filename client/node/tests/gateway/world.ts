/** A gateway in this process, before a real service and a real provider. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { loadConfig, MemorySessionStore, startGateway, type Gateway, type SessionStore } from "oauth1d/gateway";

import { Browser } from "./browser.js";
import { freePort, provider, startSandbox, startService, type Program } from "./processes.js";

export const INDEX = `<!doctype html><html lang="en"><head><meta name="oauth1d-csrf" content="">
<script src="page.js"></script></head><body><!--oauth1d:alert--><!--oauth1d:logins--></body></html>`;

/** A session store that a test can look into, and whose clock it sets. */
export class OpenStore extends MemorySessionStore implements SessionStore {
  readonly keys = new Set<string>();

  override async set(key: string, text: string, ttlMs: number): Promise<void> {
    this.keys.add(key);
    return super.set(key, text, ttlMs);
  }

  /** The texts of the sessions that live. */
  async texts(): Promise<string[]> {
    const texts = await Promise.all([...this.keys].map((key) => this.get(key)));
    return texts.filter((text) => text !== undefined);
  }
}

/** What a test may set. */
export interface WorldOptions {
  /** The API of a provider; default: the sandbox's. */
  readonly providers?: (sandboxUrl: string) => object[];
  readonly gatewayProviders?: object[];
  readonly session?: object;
  readonly sandboxFlags?: string[];
  readonly consumerSecret?: string;
}

const CALLS = [
  { methods: ["GET"], paths: ["account/verify_credentials.json", "echo/*/below"] },
  { methods: ["GET", "POST"], paths: ["echo"], headers: ["X-Page"] },
];

/** All that runs; `stop` ends it. */
export class World {
  /** Milliseconds by which the gateway's clock is ahead. */
  ahead = 0;

  private constructor(
    readonly origin: string,
    readonly sandboxUrl: string,
    readonly serviceAddress: string,
    readonly store: OpenStore,
    readonly folder: string,
    readonly programs: { sandbox: Program; service: Program },
  ) {}

  #gateway: Gateway | undefined;
  readonly log: string[] = [];

  static async start(options: WorldOptions = {}): Promise<World> {
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    const sandbox = await startSandbox(...(options.sandboxFlags ?? []));
    const providers = options.providers?.(sandbox.url)
      ?? [provider(sandbox.url, "twitter"), provider(sandbox.url, "other")];
    const service = await startService(providers, origin, options.consumerSecret).catch(async (error: unknown) => {
      await sandbox.program.stop();
      throw error;
    });
    const folder = await mkdtemp(join(tmpdir(), "gateway-"));
    await mkdir(join(folder, "page/.git"), { recursive: true });
    await writeFile(join(folder, "page/index.html"), INDEX);
    await writeFile(join(folder, "page/page.js"), "export {};\n");
    await writeFile(join(folder, "page/notes.sqlite"), "not for browsers");
    await writeFile(join(folder, "page/.git/config.txt"), "not for browsers");
    await writeFile(join(folder, "outside.txt"), "not for browsers");
    await writeFile(join(folder, "gateway.yaml"), JSON.stringify({
      service: { address: service.address },
      browser: {
        listen: `127.0.0.1:${port}`,
        origin,
        static: "page",
        ...(options.session && { session: options.session }),
        providers: options.gatewayProviders ?? [{ name: "twitter", calls: CALLS }, { name: "other", calls: CALLS }],
      },
    }));
    let world: World | undefined;
    const now = (): number => Date.now() + (world?.ahead ?? 0);
    const store = new OpenStore(1000, now);
    world = new World(origin, sandbox.url, service.address, store, folder, {
      sandbox: sandbox.program, service: service.program,
    });
    const { log } = world;
    world.#gateway = await startGateway(loadConfig(join(folder, "gateway.yaml")), {
      sessionStore: store, now, log: (event, fields) => log.push(JSON.stringify({ event, ...fields })),
    });
    return world;
  }

  browser(): Browser {
    return new Browser(this.origin);
  }

  /** What the sandbox saw. */
  async seen(): Promise<{ path: string; verified: boolean }[]> {
    const text = await (await fetch(`${this.sandboxUrl}/_log`)).text();
    return text.split("\n").filter(Boolean).map((line) => JSON.parse(line) as { path: string; verified: boolean });
  }

  async stop(): Promise<void> {
    await this.#gateway?.stop();
    await this.programs.service.stop();
    await this.programs.sandbox.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
