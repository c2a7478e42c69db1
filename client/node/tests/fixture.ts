import { after, beforeEach } from "node:test";

import { FakeService, type FakeServiceOptions } from "oauth1d/testing";

/** A fake service for each test of a suite; `service()` gives it. */
export function fakeService(options: FakeServiceOptions = {}): () => FakeService {
  let running: FakeService | undefined;
  beforeEach(async () => {
    await running?.stop();
    running = await FakeService.start(options);
  });
  after(() => running?.stop());
  return () => {
    if (!running) throw new Error("there is a service inside tests only");
    return running;
  };
}
