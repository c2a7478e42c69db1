// A real provider, a real oauth1d, and an application to log in to.
import { access, mkdtemp, rm, writeFile } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ProviderTap } from "./provider_tap.mjs";
import { Running, freePort } from "./processes.mjs";

export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const PYTHON = ["/usr/bin/python3", "-E", "-B"];
const CONSUMER_SECRET = "demo-secret"; // the sandbox's

/** What the page may call. */
const CALLS = [
  { methods: ["GET"], paths: ["account/verify_credentials.json"] },
  { methods: ["GET", "POST"], paths: ["echo", "echo/**"] },
];

export class World {
  #folder;
  #oauth1d;
  #running = [];
  #binary;

  /** `application`: "starlette" or "gateway". Its address is `url`, without a slash at the end. */
  static async start(application) {
    const world = new World();
    try {
      await world.#start(application);
    } catch (error) {
      await world.stop();
      throw error;
    }
    return world;
  }

  async #start(application) {
    const folder = process.env.OAUTH1D_BIN_DIR;
    if (!folder) throw new Error("OAUTH1D_BIN_DIR must name the folder with oauth1d, such as build/dev/bin");
    this.#binary = join(folder, "oauth1d");
    await access(this.#binary);
    this.#folder = await mkdtemp(join(tmpdir(), "oauth1d-browser-"));
    const sandbox = this.#run([...PYTHON, join(ROOT, "tests/sandbox/run"), "--http", "127.0.0.1:0"]);
    this.providerUrl = `http://${(await sandbox.says(/READY http=(\S+)/))[1]}`;
    this.tap = await ProviderTap.before(this.providerUrl);
    const [port, oauth1dPort] = [await freePort(), await freePort()];
    this.url = `http://127.0.0.1:${port}`;
    await this.#configureOauth1d(oauth1dPort);
    await this.startOauth1d();
    await this.#startApplication(application, port, `127.0.0.1:${oauth1dPort}`);
  }

  /** Every secret that no browser may see. */
  secrets() {
    return [CONSUMER_SECRET, this.key, ...this.tap.secrets];
  }

  async startOauth1d() {
    const oauth1d = new Running([this.#binary, "--config", join(this.#folder, "oauth1d.yaml")]);
    this.#oauth1d = oauth1d;
    await oauth1d.says(/"event":"listening"/);
    await oauth1d.says(/"event":"serving"/);
  }

  /** It keeps flows in memory only: those that are open are gone. */
  async restartOauth1d() {
    await this.#oauth1d.stop();
    await this.startOauth1d();
  }

  async stopOauth1d() {
    await this.#oauth1d.stop();
  }

  async stop() {
    for (const one of this.#running.reverse()) await one.stop();
    await this.#oauth1d?.stop();
    await this.tap?.stop();
    if (this.#folder) await rm(this.#folder, { recursive: true });
  }

  #run(command, environment) {
    const one = new Running(command, environment);
    this.#running.push(one);
    return one;
  }

  async #configureOauth1d(port) {
    this.key = randomBytes(32).toString("base64");
    const provider = {
      name: "twitter",
      title: "Twitter (the sandbox)",
      consumers: [{ name: "main", key: "demo-key", secret: { file: "consumer-secret" } }],
      request_token_url: `${this.tap.url}/oauth/request_token`,
      authorize_url: `${this.providerUrl}/oauth/authorize`,
      access_token_url: `${this.tap.url}/oauth/access_token`,
      api_base_urls: [`${this.providerUrl}/1.1/`],
      egress: { allow_plain_http: true, allow_cidrs: ["127.0.0.0/8"] },
    };
    const configuration = {
      listen: { address: `127.0.0.1:${port}`, drain_delay: "0s" },
      store: { memory: {} },
      keyring: { file: "keyring.yaml" },
      owners: [{ name: "default", providers: [{ name: "twitter", callback_urls: [`${this.url}/auth/twitter`] }] }],
      providers: [provider],
    };
    await this.#write("consumer-secret", CONSUMER_SECRET);
    await this.#write("keyring.yaml", JSON.stringify({ keys: [{ id: "k1", state: "active", key: this.key }] }));
    await this.#write("oauth1d.yaml", JSON.stringify(configuration));
  }

  async #startApplication(application, port, server) {
    if (application === "starlette") {
      const demo = this.#run([...PYTHON, join(ROOT, "client/python/examples/starlette_login.py"), "--port", port],
        { OAUTH1D_SERVER: server });
      await demo.says(/Uvicorn running/);
      return;
    }
    const program = process.env.OAUTH1D_GATEWAY ?? join(ROOT, "client/node/dist/gateway/main.js");
    const configuration = {
      service: { address: server },
      browser: {
        listen: `127.0.0.1:${port}`,
        origin: this.url,
        static: join(ROOT, "client/web/dist"),
        providers: [{ name: "twitter", calls: CALLS }],
      },
    };
    const file = await this.#write("gateway.yaml", JSON.stringify(configuration));
    await this.#run([process.execPath, program, "--config", file]).says(/"event":"listening"/);
  }

  async #write(name, text) {
    const file = join(this.#folder, name);
    await writeFile(file, text, { mode: 0o600 });
    return file;
  }
}
