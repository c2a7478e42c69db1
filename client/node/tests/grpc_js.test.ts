import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { describe, test } from "node:test";
import { promisify } from "node:util";

import { fakeService } from "./fixture.js";
import { ROOT } from "./root.js";

describe("@grpc/grpc-js", () => {
  const service = fakeService({ providers: ["twitter", "flickr"] });

  test("the example lists providers, and reads why a call failed", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [`${ROOT}examples/grpc_js.mjs`], {
      env: { ...process.env, OAUTH1D_SERVER: service().address },
    });
    assert.equal(stdout, "providers: twitter flickr\nfailed: INVALID_ARGUMENT TOKEN_INVALID sent: no\n");
  });
});
