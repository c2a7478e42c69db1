import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";

import { VERSION } from "oauth1d";

import { ROOT } from "./root.js";

const run = promisify(execFile);

const CONSUMER = `
import { OAuth, UserDenied } from "oauth1d/web";
import { OAuth as ExpressOAuth } from "oauth1d/express";
import { OAuth as FastifyOAuth } from "oauth1d/fastify";
import { Client } from "oauth1d";
import { OAuth1Service } from "oauth1d/stubs/oauth1d_pb";
import { FakeService } from "oauth1d/testing";

const service = await FakeService.start();
const twitter = new OAuth({ settings: service.settings }).client("twitter");
const answer = await twitter.get("account/verify_credentials.json", { token: service.logIn("alice") });
console.log(answer.json().screen_name, OAuth1Service.typeName, typeof UserDenied, typeof ExpressOAuth, typeof FastifyOAuth);
const client = new Client(service.settings);
console.log((await client.listProviders()).length);
client.close();
twitter.name satisfies string;
await service.stop();
process.exit(0);
`;

describe("the package", () => {
  let folder = "";
  before(async () => { folder = await mkdtemp(join(tmpdir(), "oauth1d-pack-")); });
  after(() => rm(folder, { recursive: true, force: true }));

  test("its tarball installs in an empty folder, and an ESM and a TypeScript consumer work", async () => {
    const { stdout } = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], { cwd: ROOT });
    const [packed] = JSON.parse(stdout) as [{ filename: string; files: Array<{ path: string }> }];
    const files = packed.files.map(({ path }) => path);
    for (const wanted of [
      "README.md", "dist/index.d.ts", "dist/gateway/main.js", "dist/proto/oauth1d/v1/oauth1d.proto",
      "dist/proto/oauth1d/status/v1/status.proto", "dist/proto/oauth1d/gateway/v1/gateway.proto",
    ]) assert.ok(files.includes(wanted), wanted);
    assert.deepEqual(files.filter((path) => /^(src|tests|node_modules)\/|\.test\./.test(path)), []);

    const empty = join(folder, "empty");
    await mkdir(empty);
    await writeFile(join(empty, "package.json"), '{ "name": "consumer", "private": true, "type": "module" }');
    await run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", join(folder, packed.filename)], { cwd: empty });
    await writeFile(join(empty, "consumer.mjs"), CONSUMER.replace(/^.*satisfies.*\n/m, ""));
    const said = await run(process.execPath, ["consumer.mjs"], { cwd: empty });
    assert.equal(said.stdout, "alice oauth1d.v1.OAuth1Service function function function\n1\n");

    await writeFile(join(empty, "consumer.ts"), CONSUMER);
    for (const [module, moduleResolution] of [["NodeNext", "NodeNext"], ["ESNext", "bundler"]]) {
      const compilerOptions = {
        module, moduleResolution, target: "ES2022", lib: ["ES2023", "DOM", "DOM.Iterable"], strict: true, noEmit: true,
        types: ["node"], typeRoots: [`${ROOT}node_modules/@types`],
      };
      await writeFile(join(empty, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["consumer.ts"] }));
      await run(process.execPath, [`${ROOT}node_modules/typescript/bin/tsc`, "-p", "."], { cwd: empty });
    }
  });

  test("its stubs are those of the contract", async () => {
    const fresh = join(folder, "stubs");
    await run("./generate_stubs", [fresh], { cwd: ROOT });
    const names = await readdir(fresh, { recursive: true });
    const files = names.filter((name) => name.endsWith(".ts"));
    assert.equal(files.length, 3);
    for (const file of files) {
      const [made, kept] = await Promise.all([join(fresh, file), `${ROOT}src/stubs/${file}`].map((path) => readFile(path, "utf8")));
      assert.equal(kept, made, `${file} is old: run client/node/generate_stubs`);
    }
  });

  test("its lock file names no address, and its version is told alike", async () => {
    const lock = await readFile(`${ROOT}package-lock.json`, "utf8");
    assert.doesNotMatch(lock, /"resolved"|https?:\/\/registry/);
    const { version } = JSON.parse(await readFile(`${ROOT}package.json`, "utf8")) as { version: string };
    assert.equal(VERSION, version);
  });
});
