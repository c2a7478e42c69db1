/**
 * An oauth1d for your application's own tests: in this process, without a server, a provider or a network.
 *
 *     const service = await FakeService.start({ providers: ["twitter"] });
 *     const oauth = new OAuth({ settings: service.settings });
 *     ...
 *     const callback = service.approve(redirectUrl, "alice"); // the address that the provider sends the browser to
 *     ...
 *     await service.stop();
 *
 * It speaks gRPC on a free port of 127.0.0.1 and keeps the contract: the binding cookie is asked for, a login ends once,
 * and every refusal has its reason. Nothing is signed.
 */
export { FakeApi, type ApiAnswer, type ApiRequest, type Responder } from "./api.js";
export type { FailureDetails } from "./failure.js";
export { FakeService, type FakeServiceOptions, type RecordedCall } from "./service.js";
export type { FakeProvider } from "./provider.js";
export type { User } from "./user.js";
