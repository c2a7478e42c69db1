import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

import { loadConfig, startGateway, type Gateway, type GatewayOptions } from "oauth1d/gateway";

import { exchange } from "./browser.js";
import { eventually, freePort, Program } from "./processes.js";

const MAIN = new URL("../../dist/gateway/main.js", import.meta.url).pathname;
const BIG = Buffer.alloc(8 << 20, "big");
const NEVER = 3_600_000;

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "gateway-limits-"));
  await mkdir(join(folder, "page"));
  await writeFile(join(folder, "page/page.js"), "export {};\n");
  await writeFile(join(folder, "page/big.png"), BIG);
});
after(async () => { await rm(folder, { recursive: true, force: true }); });

/** A configuration with the page alone; nothing here asks the service. */
async function configure(tls?: object): Promise<{ port: number; file: string }> {
  const port = await freePort();
  const file = join(folder, `${port}.yaml`);
  const origin = `${tls ? "https" : "http"}://127.0.0.1:${port}`;
  const browser = { listen: `127.0.0.1:${port}`, origin, static: "page", providers: [{ name: "twitter" }] };
  const service = { address: "127.0.0.1:1" };
  await writeFile(file, JSON.stringify({ service, browser: { ...browser, ...(tls && { tls }) } }));
  return { port, file };
}

async function open(patience: GatewayOptions["patience"]): Promise<{ port: number; gateway: Gateway }> {
  const { port, file } = await configure();
  return { port, gateway: await startGateway(loadConfig(file), { log: () => undefined, patience }) };
}

function get(path: string, port: number, times = 1): string {
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`.repeat(times);
}

/** A connection that has said `text` and reads nothing. */
async function unread(port: number, text: string): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  if (text) socket.write(text);
  return socket;
}

/** All that comes until the connection ends, or until `enough` likes it. */
async function readAll(socket: Socket, enough: (told: string) => boolean = () => false): Promise<string> {
  let told = "";
  await new Promise<void>((resolve) => {
    socket.on("data", (piece: Buffer) => {
      told += piece.toString("latin1");
      if (enough(told)) resolve();
    });
    socket.on("close", () => resolve());
  });
  return told;
}

test("who pipelines a few requests gets all answers; who pipelines hundreds is cut off", async () => {
  const { port, gateway } = await open({});
  const few = await unread(port, get("/page.js", port, 8));
  const answers = (told: string): number => told.split("HTTP/1.1 200 OK").length - 1;
  assert.equal(answers(await readAll(few, (told) => told.split("export {};").length - 1 === 8)), 8);
  few.write(get("/page.js", port, 8)); // it counts what runs, not what has been
  assert.equal(answers(await readAll(few, (told) => told.split("export {};").length - 1 === 8)), 8);
  few.destroy();
  const many = await unread(port, get("/page.js", port, 500));
  assert.ok(answers(await readAll(many)) <= 8);
  await gateway.stop();
});

test("all answers share one copy of a file, and a file that changes is another", async () => {
  const { port, file } = await configure();
  const own = await mkdtemp(join(tmpdir(), "gateway-limits-program-"));
  const program = new Program(process.execPath, [MAIN, "--config", file], {}, own);
  await program.line((line) => line.includes('"event":"listening"'));
  const url = `http://127.0.0.1:${port}`;
  const sockets: Socket[] = [];
  for (let count = 0; count < 20; count += 1) {
    const socket = await unread(port, get("/big.png", port, 8));
    await once(socket, "readable");
    sockets.push(socket);
  }
  for (let count = 0; count < 3; count += 1) {
    assert.ok((await exchange(`${url}/big.png`, "GET", {})).body.equals(BIG));
  }
  const [, peak] = /VmHWM:\s+(\d+) kB/.exec(await readFile(`/proc/${program.pid}/status`, "utf8")) ?? [];
  assert.ok(Number(peak) < 500 << 10, `160 answers of 8 MiB took ${peak} kB`); // a copy each: 1.3 GB
  for (const socket of sockets) socket.destroy();

  const first = await exchange(`${url}/page.js`, "GET", {});
  await writeFile(join(folder, "page/page.js"), "changed();\n"); // as long as before
  const second = await exchange(`${url}/page.js`, "GET", { "if-none-match": String(first.headers.etag) });
  assert.deepEqual([first.text, second.status, second.text], ["export {};\n", 200, "changed();\n"]);
  await writeFile(join(folder, "page/page.js"), "export {};\n");
  await program.stop();
});

test("who does not read loses the connection", async () => {
  const { port, gateway } = await open({ stillMs: 500 });
  const socket = await unread(port, get("/big.png", port, 3));
  await once(socket, "readable"); // it has begun, and is stuck
  let told = 0;
  await eventually(async () => {
    const table = await readFile("/proc/net/tcp", "utf8");
    const local = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
    const established = table.split("\n").map((line) => line.trim().split(/\s+/));
    return !established.some(([, from = "", , state]) => from.endsWith(local) && state === "01");
  });
  socket.on("data", (piece: Buffer) => { told += piece.length; });
  await once(socket, "close");
  assert.ok(told < BIG.length * 3, String(told));
  await gateway.stop();
});

test("who connects and says nothing does not keep it from stopping", { timeout: 60_000 }, async () => {
  const { port, gateway } = await open({ drainMs: NEVER });
  const silent = await unread(port, "");
  const gone = once(silent, "close");
  silent.resume();
  await exchange(`http://127.0.0.1:${port}/page.js`, "GET", {}); // the one before has been taken, too
  await gateway.stop();
  await gone;
});

test("who says half a sentence keeps it as long as its patience lasts", { timeout: 60_000 }, async () => {
  const { port, gateway } = await open({ drainMs: 300 });
  const half = await unread(port, "GET /page.js HTT");
  const gone = once(half, "close");
  half.resume();
  await exchange(`http://127.0.0.1:${port}/page.js`, "GET", {});
  await gateway.stop();
  await gone;
});

test("over TLS a silent connection does not keep it from stopping either", { timeout: 60_000 }, async () => {
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  await promisify(execFile)("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
    "-nodes", "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=gateway",
    "-addext", "subjectAltName=IP:127.0.0.1"]);
  await promisify(execFile)("chmod", ["600", key]);
  const { port, file } = await configure({ cert_file: cert, key_file: key });
  const gateway = await startGateway(loadConfig(file), { log: () => undefined, patience: { drainMs: NEVER } });
  const silent = await unread(port, "");
  const gone = once(silent, "close");
  silent.resume();
  const ca = await readFile(cert, "utf8");
  assert.equal((await exchange(`https://127.0.0.1:${port}/page.js`, "GET", {}, undefined, ca)).status, 200);
  await gateway.stop();
  await gone;
});
