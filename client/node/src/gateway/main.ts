#!/usr/bin/env node
/** oauth1d-gateway: the program. Exit status: 0 stopped, 64 usage, 69 cannot listen, 78 configuration. */
import { parseArgs } from "node:util";

import { VERSION } from "../version.js";
import { loadConfig, type GatewayConfig } from "./config.js";
import { ConfigMistakes } from "./config_field.js";
import { startGateway } from "./gateway.js";
import { logToStderr } from "./log.js";

const HELP = `usage: oauth1d-gateway --config FILE [--check-config]

Stands between oauth1d and whoever has no gRPC: a page in the browser (its files, logins, signed calls; the tokens stay
here), or PHP, shell scripts and the like (the whole service as JSON over POST).

  --config FILE     YAML; default: the environment variable OAUTH1D_GATEWAY_CONFIG
  --check-config    say what is wrong with it, one line a mistake, or "ok", and end
  --version         print the version and end
  --help            print this and end

environment, for what the file leaves out under "service":
  OAUTH1D_SERVER, OAUTH1D_CA_FILE, OAUTH1D_CERT_FILE, OAUTH1D_KEY_FILE, OAUTH1D_API_KEY

examples:
  oauth1d-gateway --config gateway.yaml
  oauth1d-gateway --config gateway.yaml --check-config

  # gateway.yaml: a page at http://127.0.0.1:8000 that may read its user's profile
  browser:
    listen: 127.0.0.1:8000
    origin: http://127.0.0.1:8000
    static: page
    providers:
    - name: twitter
      calls: [{methods: [GET], paths: [account/verify_credentials.json]}]

  # gateway.yaml: for PHP on the same machine
  calls: {listen: 127.0.0.1:8081}
  curl -d '{}' -H 'content-type: application/json' http://127.0.0.1:8081/oauth1d.v1.OAuth1Service/ListProviders

It says {"event":"listening","address":...} on stderr for each listener. SIGTERM lets running calls end; a second one
ends at once.
`;

const OPTIONS = {
  config: { type: "string" },
  "check-config": { type: "boolean", default: false },
  version: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

async function main(): Promise<number | undefined> {
  let values;
  try {
    ({ values } = parseArgs({ options: OPTIONS, allowPositionals: false }));
  } catch (error) {
    process.stderr.write(`oauth1d-gateway: ${(error as Error).message.split("\n")[0] ?? ""} (--help shows how)\n`);
    return 64;
  }
  if (values.help) return say(HELP);
  if (values.version) return say(`oauth1d-gateway ${VERSION}\n`);
  const file = values.config ?? process.env["OAUTH1D_GATEWAY_CONFIG"];
  if (!file) {
    process.stderr.write("oauth1d-gateway: --config FILE is needed (--help shows how)\n");
    return 64;
  }
  let config: GatewayConfig;
  try {
    config = loadConfig(file);
  } catch (error) {
    if (!(error instanceof ConfigMistakes)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 78;
  }
  if (values["check-config"]) return say("ok\n");
  return serve(config);
}

async function serve(config: GatewayConfig): Promise<number | undefined> {
  let gateway;
  try {
    gateway = await startGateway(config);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // what listening throws has the name of a system call's error; the rest is about the files of tls
    logToStderr("cannot_listen", { what: message });
    return code?.startsWith("E") && !code.startsWith("ERR_") ? 69 : 78;
  }
  const running = gateway;
  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    void running.stop().then(() => {
      logToStderr("stopped");
      process.exit(0);
    });
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  return undefined;
}

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}

const status = await main();
if (status !== undefined) process.exitCode = status;
