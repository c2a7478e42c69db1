// Processes of a test: started with their output kept, waited for by what they say, stopped by pid.
import { spawn } from "node:child_process";
import { createServer } from "node:net";

const PATIENCE_MS = 60_000;

/** A free port below those that the kernel gives to others: it stays free while its server is down. */
export async function freePort() {
  for (;;) {
    const port = 15_000 + Math.floor(Math.random() * 17_000);
    const free = await new Promise((resolve) => {
      const probe = createServer();
      probe.once("error", () => resolve(false));
      probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

/** One that runs. */
export class Running {
  #process;
  #ended;
  output = "";

  /** `environment` comes on top of the caller's, without the settings of another oauth1d. */
  constructor(command, environment = {}) {
    const [program, ...args] = command.map(String);
    const kept = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("OAUTH1D_")));
    this.#process = spawn(program, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...kept, no_proxy: "127.0.0.1,localhost", NO_PROXY: "127.0.0.1,localhost", ...environment },
    });
    this.#ended = new Promise((resolve) => {
      this.#process.once("error", (error) => resolve(error.message));
      this.#process.once("exit", (status, signal) => resolve(signal ?? status));
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.on("data", (bytes) => (this.output += bytes));
    }
    this.name = program;
  }

  /** The first match in what it said, waited for. */
  async says(pattern) {
    let over;
    void this.#ended.then((how) => (over = how));
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const found = pattern.exec(this.output);
      if (found) return found;
      if (over !== undefined) throw new Error(`${this.name} ended with ${over}: ${this.output}`);
      if (performance.now() > deadline) throw new Error(`${this.name} never said ${pattern}: ${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async stop() {
    this.#process.kill("SIGTERM");
    const hurry = setTimeout(() => this.#process.kill("SIGKILL"), 15_000);
    await this.#ended;
    clearTimeout(hurry);
  }
}
