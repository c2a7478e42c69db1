/** The service's methods over the fake's state. */
import { create, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError, type HandlerContext, type ServiceImpl } from "@connectrpc/connect";

import { toConnectError } from "../error_details.js";
import { OAuth1dError } from "../errors.js";
import {
  Capability, RenewedTokenSchema, SignedRequestResponseSchema, StreamSignedRequestResponseSchema, type HttpCall,
  type OAuth1Service, type SignedRequestRequest, type SignedRequestResponse, type StreamSignedRequestRequest,
} from "../stubs/oauth1d/v1/oauth1d_pb.js";
import { answerMessage, REJECTED, type ApiRequest, type FakeApi } from "./api.js";
import { checkCall } from "./call_rules.js";
import { failure, invalid } from "./failure.js";
import { saidWithToken, type Logins } from "./logins.js";
import { checkConsumer, consumersOf } from "./provider.js";
import type { IssuedToken, Tokens } from "./tokens.js";
import { userOf, type User } from "./user.js";

/** What the methods work on. */
export interface ServiceState {
  readonly logins: Logins;
  readonly tokens: Tokens;
  readonly apis: ReadonlyMap<string, FakeApi>;
  readonly passwords: ReadonlyMap<string, string>;
  readonly requests: ApiRequest[];
  /** Throws what a test wants, if it wants something of this call. */
  arrive(method: string, message: unknown, headers: Headers): void;
}

type Implementation = ServiceImpl<typeof OAuth1Service>;
type Signer = { user: User | undefined; token: IssuedToken | undefined; rejected: boolean };

/** The methods; ExplainSignature is not there, since nothing is signed. */
export function servicer(state: ServiceState): Omit<Implementation, "explainSignature"> {
  const { logins, tokens } = state;
  const answering = <Q, A>(method: string, answer: (request: Q) => A | Promise<A>) =>
    async (request: Q, context: HandlerContext): Promise<Awaited<A>> => {
      try {
        state.arrive(method, request, context.requestHeader);
        return await answer(request);
      } catch (error) {
        throw rpcError(error);
      }
    };
  return {
    startAuthorization: answering("StartAuthorization", (request) => logins.start(request)),
    completeAuthorization: answering("CompleteAuthorization", (request) => logins.complete(request)),
    signedRequest: answering("SignedRequest", (request) => signedRequest(state, request)),
    streamSignedRequest: (messages, context) => streamSignedRequest(state, messages, context),
    importAccessToken: answering("ImportAccessToken", (request) => {
      checkConsumer(logins.provider(request.provider), request);
      const { case: kind, value } = request.source;
      if (kind === "providerToken") {
        if (!value.token) throw invalid("provider_token.token", "is required");
        const user = tokens.userOf(request.provider, value) ?? { screenName: value.token };
        return { accessToken: tokens.issue(request.provider, user).accessToken };
      }
      if (kind !== "passwordLogin") throw invalid("source", "is required");
      if (!value.password || state.passwords.get(value.username) !== value.password) {
        throw failure("PROVIDER_REJECTED", { message: "the provider refused name and password", sent: "yes" });
      }
      const user = userOf(value.username);
      return { accessToken: tokens.issue(request.provider, user).accessToken, parameters: saidWithToken(user) };
    }),
    refreshAccessToken: answering("RefreshAccessToken", (request) => {
      const token = tokens.find(request.accessToken);
      if (!logins.provider(token.provider).renewal) throw invalid("access_token", "cannot be renewed at this provider");
      const renewed = tokens.renewed(token);
      return { accessToken: renewed.accessToken, parameters: saidWithToken(renewed.user) };
    }),
    rewrapAccessToken: answering("RewrapAccessToken", (request) => ({
      accessToken: tokens.find(request.accessToken).accessToken,
    })),
    revokeAccessToken: answering("RevokeAccessToken", (request) => {
      tokens.find(request.accessToken).rejected = true;
      return { providerRevoked: true };
    }),
    listProviders: answering("ListProviders", () => ({
      providers: [...state.apis.keys()].map((name) => ({
        name,
        title: name.charAt(0).toUpperCase() + name.slice(1),
        iconHint: name,
        capabilities: [Capability.THREE_LEGGED, Capability.TWO_LEGGED, Capability.OUT_OF_BAND],
        consumers: [...consumersOf(logins.provider(name))],
      })),
    })),
  };
}

async function signedRequest(state: ServiceState, request: SignedRequestRequest, streamed = false):
  Promise<SignedRequestResponse> {
  const api = state.apis.get(request.provider);
  if (!api) throw failure("PROVIDER_NOT_FOUND", { message: `no provider ${request.provider}` });
  checkConsumer(state.logins.provider(request.provider), request);
  const signer = signerOf(state, request);
  const sent = api.requestOf(checkedCall(request, streamed), signer.user, streamed);
  state.requests.push(sent);
  const answer = signer.rejected ? REJECTED : await api.answerTo(sent);
  return create(SignedRequestResponseSchema, {
    answer: answerMessage(answer),
    tokenRejected: answer.tokenRejected ?? false,
    replacementAccessToken: signer.token?.renewalDue ? state.tokens.renewed(signer.token).accessToken : "",
  });
}

function signerOf({ tokens }: ServiceState, { provider, credentials }: SignedRequestRequest): Signer {
  if (credentials.case === "application") return { user: undefined, token: undefined, rejected: false };
  if (credentials.case === "providerToken") {
    const user = tokens.userOf(provider, credentials.value);
    return { user, token: undefined, rejected: user === undefined };
  }
  if (credentials.case !== "accessToken") throw invalid("credentials", "is required");
  const token = tokens.find(credentials.value, provider);
  return { user: token.user, token, rejected: token.rejected };
}

function checkedCall({ call }: SignedRequestRequest, streamed: boolean): HttpCall {
  if (!call) throw invalid("call", "is required");
  checkCall(call, streamed);
  return call;
}

async function* streamSignedRequest(
  state: ServiceState, messages: AsyncIterable<StreamSignedRequestRequest>, context: HandlerContext,
): ReturnType<Implementation["streamSignedRequest"]> {
  try {
    const request = await wholeRequest(messages);
    state.arrive("StreamSignedRequest", request, context.requestHeader);
    const { answer, tokenRejected, replacementAccessToken } = await signedRequest(state, request, true);
    const { statusCode = 0, headers = [], body = new Uint8Array() } = answer ?? {};
    yield create(StreamSignedRequestResponseSchema, { message: { case: "head", value: { statusCode, headers } } });
    for (let at = 0; at < body.length; at += 65536) {
      yield create(StreamSignedRequestResponseSchema, {
        message: { case: "chunk", value: body.subarray(at, at + 65536) },
      });
    }
    yield create(StreamSignedRequestResponseSchema, {
      message: { case: "end", value: { tokenRejected, replacementAccessToken } },
    });
  } catch (error) {
    throw rpcError(error);
  }
}

async function wholeRequest(messages: AsyncIterable<StreamSignedRequestRequest>): Promise<SignedRequestRequest> {
  let request: SignedRequestRequest | undefined;
  const chunks: Uint8Array[] = [];
  let ended = false;
  for await (const { message } of messages) {
    if (message.case === "head" && !request) request = message.value;
    else if (message.case === "chunk" && request) chunks.push(message.value);
    else if (message.case === "end" && request) ended = true;
    else throw invalid("message", "comes out of order");
  }
  if (!request || !ended) throw failure("DEADLINE", { code: "CANCELLED", message: "the request was cut off" });
  const call = checkedCall(request, true);
  const body = Buffer.concat(chunks);
  if (call.content.case === "multipart") {
    const last = call.content.value.parts.at(-1);
    if (last && body.length > 0) last.data = body;
  } else if (call.content.case === undefined) {
    call.content = { case: "body", value: body };
  }
  return request;
}

function rpcError(error: unknown): ConnectError {
  if (error instanceof OAuth1dError) {
    const rpc = toConnectError(error);
    if (error.renewedAccessToken) { // which toConnectError keeps to itself
      const value = toBinary(RenewedTokenSchema, create(RenewedTokenSchema, { accessToken: error.renewedAccessToken }));
      rpc.details.push({ type: RenewedTokenSchema.typeName, value });
    }
    return rpc;
  }
  return new ConnectError(`a responder of the test threw: ${String(error)}`, Code.Internal);
}
