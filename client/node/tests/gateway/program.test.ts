import assert from "node:assert/strict";
import { execFile, type ExecFileException } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

import { Browser, decide, exchange } from "./browser.js";
import { CanaryProvider } from "./canary_provider.js";
import { eventually, freePort, Program, provider, startSandbox, startService } from "./processes.js";

const MAIN = new URL("../../dist/gateway/main.js", import.meta.url).pathname;
const CALLS = "calls: {listen: '127.0.0.1:0'}\n";

let folder: string;
before(async () => { folder = await mkdtemp(join(tmpdir(), "gateway-program-")); });
after(async () => { await rm(folder, { recursive: true, force: true }); });

interface Ended { status: number; out: string; err: string }

/** Runs the program to its end. */
function run(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], (error: ExecFileException | null, out, err) => {
      resolve({ status: error ? Number(error.code) : 0, out, err });
    });
  });
}

async function check(text: string): Promise<Ended> {
  const file = join(folder, "checked.yaml");
  await writeFile(file, text);
  return run("--config", file, "--check-config");
}

/** A running gateway, and where it listens. */
async function start(name: string, config: object | string): Promise<{ program: Program; addresses: string[] }> {
  const own = await mkdtemp(join(tmpdir(), `gateway-${name}-`));
  const file = join(own, "gateway.yaml");
  await writeFile(file, typeof config === "string" ? config : JSON.stringify(config));
  const program = new Program(process.execPath, [MAIN, "--config", file], {}, own);
  const wanted = typeof config === "string" ? 1 : ["browser", "calls"].filter((mode) => mode in config).length;
  const lines = await eventually(async () => {
    await program.line((line) => line.includes('"event":"listening"'));
    const found = program.lines.filter((line) => line.includes('"event":"listening"'));
    return found.length === wanted && found;
  });
  return { program, addresses: lines.map((line) => (JSON.parse(line) as { address: string }).address) };
}

test("it says how it is used, and which version it is", async () => {
  const help = await run("--help");
  assert.equal(help.status, 0);
  for (const word of ["--config FILE", "--check-config", "examples:", "OAUTH1D_SERVER"]) {
    assert.ok(help.out.includes(word));
  }
  const manifest = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  const { version } = JSON.parse(manifest) as { version: string };
  assert.deepEqual(await run("--version"), { status: 0, out: `oauth1d-gateway ${version}\n`, err: "" });
  for (const args of [[], ["--what"], ["file"], ["--config"]]) {
    const refused = await run(...args);
    assert.deepEqual([refused.status, refused.out], [64, ""]);
    assert.match(refused.err, /^oauth1d-gateway: .*\n$/);
  }
});

test("every mistake of a configuration is told at once, with its path and place", async () => {
  const { status, out, err } = await check(`service: {address: nowhere, api_key: {env: GATEWAY_TEST_NOT_SET}, host: x}
browser:
  listen: 0.0.0.0:8000
  origin: http://www.example.com
  static: missing
  session: {idle: 2h, absolute: 1h, most: 0}
  providers:
  - {name: "a/b", calls: [{methods: [get], paths: [/x, a/../b, a?b, "a/**/b", ""], headers: ["a b"]}]}
  - {calls: []}
  - {name: twitter, calls: [{methods: [GET]}], colour: red}
  - {name: twitter}
calls:
  listen: 0.0.0.0:8081
  dangerously_without_tls: yes
`);
  assert.deepEqual([status, out], [78, ""]);
  const found = err.trim().split("\n").map((line) => {
    assert.match(line, /^[^ ].*: .+ \(\d+:\d+\)$/, line);
    return line.slice(0, line.indexOf(": "));
  });
  const wanted = [
    "service.host", "service.api_key.env", "service", "browser.static", "browser.origin", "browser",
    "browser.session.most",
    "browser.session", "browser.providers[0].name", "browser.providers[0].calls[0].methods[0]",
    ...[0, 1, 2, 3, 4].map((index) => `browser.providers[0].calls[0].paths[${index}]`),
    "browser.providers[0].calls[0].headers[0]", "browser.providers[1]", "browser.providers[1].calls",
    "browser.providers[2].calls[0]", "browser.providers[2].colour", "browser.providers[3]",
    "calls.dangerously_without_tls", "calls",
  ];
  for (const path of wanted) assert.ok(found.includes(path), `${path} is not among\n${err}`);
  assert.doesNotMatch(err, /undefined|^ +at /m);
});

test("a file that is none, or has nothing in it, is refused", async () => {
  for (const text of ["", "[]", "a: [", "a: 1\na: 2", "browser:", "calls: {}", "calls: &a {listen: *a}", "%"]) {
    const { status, err } = await check(text);
    assert.equal(status, 78, text);
    assert.match(err, /\(\d+:\d+\)/);
  }
  assert.equal((await run("--config", join(folder, "nowhere.yaml"))).status, 78);
  assert.deepEqual(await check(CALLS), { status: 0, out: "ok\n", err: "" });
});

test("beyond the loopback it wants keys and TLS, and a secret that is a secret", async () => {
  const key = join(folder, "key.pem");
  await writeFile(key, "no key");
  const hash = "a".repeat(64);
  const keyed = `api_keys: [{name: php, sha256: ${hash}}]`;
  const tls = "tls: {cert_file: key.pem, key_file: key.pem}";
  await chmod(key, 0o644);
  assert.match((await check(`calls: {listen: '0.0.0.0:1', ${keyed}, ${tls}}`)).err, /calls.tls.key_file: .*mode 0644/);
  await chmod(key, 0o600);
  assert.equal((await check(`calls: {listen: '0.0.0.0:1', ${keyed}, ${tls}}`)).status, 0);
  assert.match((await check(`calls: {listen: '0.0.0.0:1', ${tls}}`)).err, /^calls: api_keys are needed/);
  assert.match((await check(`calls: {listen: '0.0.0.0:1', ${keyed}}`)).err, /^calls: tls is needed/);
  assert.equal((await check(`calls: {listen: '0.0.0.0:1', ${keyed}, dangerously_without_tls: true}`)).status, 0);
  assert.equal((await check(`calls: {listen: '[::1]:1', ${keyed.replace(hash, "secret")}}`)).status, 78);
  assert.match((await check("calls: {listen: '127.0.0.1:1', api_keys: []}")).err, /^calls.api_keys: /);
});

test("a port that is taken ends it with 69, and nothing is left listening", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const port = (taken.address() as AddressInfo).port;
  const file = join(folder, "taken.yaml");
  await writeFile(file, `calls: {listen: '127.0.0.1:${port}'}\n`);
  const { status, err } = await run("--config", file);
  taken.close();
  assert.equal(status, 69);
  assert.equal((JSON.parse(err) as { event: string }).event, "cannot_listen");
});

test("SIGTERM lets a running call end, takes no new one, and ends with 0", async () => {
  const slow = await CanaryProvider.start();
  const service = await startService([provider(slow.url, "twitter")], "http://127.0.0.1:8000");
  const { program, addresses: [address] } = await start("drain", {
    service: { address: service.address }, calls: { listen: "127.0.0.1:0" } });
  try {
    const url = `http://${address}/oauth1d.v1.OAuth1Service/StartAuthorization`;
    const body = JSON.stringify({ provider: "twitter", callbackUrl: "http://127.0.0.1:8000/auth/twitter" });
    const held = slow.hold();
    const running = exchange(url, "POST", { "content-type": "application/json" }, body);
    await held.reached;
    program.signal("SIGTERM");
    await eventually(() => exchange(url, "POST", {}, "").then(() => false, () => true));
    held.release();
    const answer = await running;
    assert.equal(answer.status, 200, answer.text);
    assert.equal(await program.ended(), 0);
    assert.ok(program.lines.every((line) => typeof JSON.parse(line) === "object"));
  } finally {
    await program.stop();
    await service.program.stop();
    await slow.stop();
  }
});

test("over TLS the cookies are Secure and __Host-, and a page that is no page is 404", async () => {
  const port = await freePort();
  const origin = `https://127.0.0.1:${port}`;
  const [cert, key] = [join(folder, "tls-cert.pem"), join(folder, "tls-key.pem")];
  await promisify(execFile)("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
    "-nodes", "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=gateway",
    "-addext", "subjectAltName=IP:127.0.0.1"]);
  await chmod(key, 0o600);
  await mkdir(join(folder, "page"), { recursive: true });
  const sandbox = await startSandbox();
  const service = await startService([provider(sandbox.url, "twitter")], origin);
  const { program } = await start("tls", {
    service: { address: service.address },
    browser: {
      listen: `127.0.0.1:${port}`, tls: { cert_file: cert, key_file: key }, origin, providers: [{ name: "twitter" }],
    },
  });
  try {
    const alice = new Browser(origin, await readFile(cert, "utf8"));
    const begun = await alice.get("/login/twitter");
    assert.match(begun.headers["set-cookie"]?.[0] ?? "",
      /^__Host-oauth1-[\w-]{16}=.*; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
    const ended = await alice.get(await decide(begun.headers.location ?? "", "alice"));
    assert.match(ended.headers["set-cookie"]?.[1] ?? "",
      /^__Host-oauth1d-session=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
    assert.deepEqual((await alice.session()).logins.map((login) => login.provider), ["twitter"]);
    assert.equal((await alice.get("/")).status, 404);
  } finally {
    await program.stop();
    await service.program.stop();
    await sandbox.program.stop();
  }
});
