/** OAuth 1.0 through the oauth1d service: no signature, nonce or consumer secret in your application. */
export * as stubs from "./stubs/oauth1d/v1/oauth1d_pb.js";
