/** What a refused call must look like, whatever it came over. */
import assert from "node:assert/strict";

import { fromBinary } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { ErrorInfoSchema } from "oauth1d/stubs/status_pb";

/** Calls, and it must fail with this code and reason; gives the error's ErrorInfo metadata. */
export async function fails(
  call: Promise<unknown>, code: keyof typeof Code, reason: string, sent?: string,
): Promise<Record<string, string>> {
  let error: unknown;
  try {
    await call;
  } catch (thrown) {
    error = thrown;
  }
  assert.ok(error instanceof ConnectError, `it did not fail: ${String(error)}`);
  const info = infoOf(error);
  assert.deepEqual([Code[error.code], info?.reason ?? ""], [code, reason], error.message);
  if (sent !== undefined) assert.equal(info?.metadata["sent"], sent);
  return { ...info?.metadata };
}

export function infoOf(error: ConnectError) {
  const detail = error.details.find((one) => "type" in one && one.type === "google.rpc.ErrorInfo");
  return detail && "type" in detail ? fromBinary(ErrorInfoSchema, detail.value) : undefined;
}
