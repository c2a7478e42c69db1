/**
 * OAuth 1.0 through the oauth1d service: no signature, nonce or consumer secret in your application.
 *
 * For web frameworks: `oauth1d/web`, `oauth1d/express`, `oauth1d/fastify`. Without one: `Client`.
 */
export { Answer, AnswerHead, HttpStatusError, type ProviderProblem } from "./answer.js";
export { bindingCookies, deleteCookieHeader, setCookieHeader, type BindingCookie } from "./binding_cookie.js";
export { Client, type ImportOptions, type StartedAuthorization, type StartOptions } from "./client.js";
export type { Content, MultipartPart } from "./content.js";
export { TWO_LEGGED, type Credentials } from "./credentials.js";
export { errorFromRpc, toConnectError } from "./error_details.js";
export * from "./errors.js";
export { explain, explanationPage, type Explanation } from "./explain.js";
export type { HeaderFields } from "./headers.js";
export type { ParameterPairs, Parameters, Scalar } from "./parameters.js";
export type { CapabilityName, ProviderInfo } from "./provider_info.js";
export type { FetchToken, Registration, SaveToken, TokenContext, TokenHooks } from "./registration.js";
export { ServiceConnection } from "./service.js";
export { DEFAULT_SERVER, serverSettings, type ServerSettings } from "./settings.js";
export type { CallOptions, RequestOptions, SignedRequestOptions } from "./signed_call.js";
export { StreamedAnswer, type ByteSource, type StreamOptions } from "./stream.js";
export { Token, type CookieTarget, type ProviderToken } from "./token.js";
export { VERSION } from "./version.js";
