/** What a page may call: oauth1d.gateway.v1.GatewayService. */
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { HandlerContext, Interceptor, ServiceImpl } from "@connectrpc/connect";

import type { OAuth1dError } from "../base_error.js";
import {
  CallResponseSchema, GatewayService, GetSessionResponseSchema, LogOutResponseSchema, type CallRequest,
  type CallResponse, type GetSessionResponse, type LogOutRequest,
} from "../stubs/oauth1d/gateway/v1/gateway_pb.js";
import { OAuth1Service, type SignedRequestRequestSchema } from "../stubs/oauth1d/v1/oauth1d_pb.js";
import { whyDenied } from "./call_rules.js";
import type { ProviderConfig } from "./config.js";
import { forBrowser, known, refusal } from "./gateway_errors.js";
import type { Offers } from "./offers.js";
import { comesFromOrigin } from "./same_origin.js";
import { sameText, type KeptLogin, type OpenSession, type Sessions } from "./sessions.js";
import { handedOn, type Upstream } from "./upstream.js";

const CSRF_HEADER = "x-oauth1d-csrf";
// The token will not come to life again, whatever is done.
const DEAD_TOKEN = new Set(["TOKEN_EXPIRED", "TOKEN_INVALID"]);

/** What the service works with. */
export interface GatewayParts {
  readonly upstream: Upstream;
  readonly sessions: Sessions;
  readonly offers: Offers;
  readonly providers: readonly ProviderConfig[];
}

/** Refuses calls from elsewhere, and sees to it that errors show a page what it may see. */
export function pageInterceptor(origin: string): Interceptor {
  return (next) => async (request) => {
    try {
      if (!comesFromOrigin(request.header, origin)) {
        throw refusal("PERMISSION_DENIED", "CALLER_NOT_ALLOWED", "only pages of this origin may call");
      }
      const answer = await next(request);
      answer.header.set("cache-control", "no-store");
      return answer;
    } catch (thrown) {
      throw forBrowser(known(thrown));
    }
  };
}

/** The service's methods. */
export function gatewayService(parts: GatewayParts): ServiceImpl<typeof GatewayService> {
  return {
    getSession: async (_request, context) => sessionOf(parts, await openSession(parts, context)),
    call: (request, context) => call(parts, request, context),
    logOut: (request, context) => logOut(parts, request, context),
  };
}

/** What a page may know of a session. */
export async function sessionOf(parts: GatewayParts, open: OpenSession | undefined): Promise<GetSessionResponse> {
  const logins = parts.providers.flatMap(({ name }) => {
    const login = open?.session.logins.find((one) => one.provider === name);
    return login === undefined ? [] : [{
      provider: name,
      parameters: login.parameters.map(([key, value]) => ({
        name: key, content: { case: "value" as const, value },
      })),
      ...(login.expires !== undefined && { expireTime: timestampFromMs(login.expires) }),
    }];
  });
  return create(GetSessionResponseSchema, {
    logins, offers: await parts.offers.list(), csrfToken: open?.session.csrfToken ?? "",
  });
}

async function call(parts: GatewayParts, request: CallRequest, context: HandlerContext): Promise<CallResponse> {
  const open = await openSession(parts, context);
  if (open) checkCsrf(open, context);
  const provider = parts.providers.find(({ name }) => name === request.provider);
  if (!provider) {
    throw refusal("PERMISSION_DENIED", "DESTINATION_DENIED", "the gateway's configuration lists no such provider");
  }
  if (!request.call) throw refusal("INVALID_ARGUMENT", "INVALID_REQUEST", "call is missing");
  const denied = whyDenied(provider.calls, request.call);
  if (denied !== undefined) throw refusal("PERMISSION_DENIED", "DESTINATION_DENIED", denied);
  const login = open?.session.logins.find((one) => one.provider === provider.name);
  if (!open || !login) throw refusal("UNAUTHENTICATED", "TOKEN_EXPIRED", "nobody is logged in there: log in");
  const signed: MessageInitShape<typeof SignedRequestRequestSchema> = {
    provider: provider.name, credentials: { case: "accessToken", value: login.accessToken }, call: request.call,
  };
  const answer = await parts.upstream.call(OAuth1Service.method.signedRequest, signed, handedOn(context))
    .catch((error: OAuth1dError) => afterFailure(parts, open, login, error));
  if (answer.tokenRejected) await parts.sessions.changeLogin(open.key, login, undefined);
  else if (answer.replacementAccessToken) {
    await parts.sessions.changeLogin(open.key, login, answer.replacementAccessToken);
  }
  // Field by field: what is new in the service's answer stays here until somebody decides.
  return create(CallResponseSchema, {
    ...(answer.answer && { answer: answer.answer }),
    ...(answer.providerProblem && { providerProblem: answer.providerProblem }),
    loginNeeded: answer.tokenRejected,
  });
}

async function afterFailure(
  parts: GatewayParts, open: OpenSession, login: KeptLogin, error: OAuth1dError,
): Promise<never> {
  if (DEAD_TOKEN.has(error.reason)) {
    await parts.sessions.changeLogin(open.key, login, undefined);
    throw refusal("UNAUTHENTICATED", "TOKEN_EXPIRED", "the login has ended: log in");
  }
  if (error.renewedAccessToken !== undefined) {
    await parts.sessions.changeLogin(open.key, login, error.renewedAccessToken);
  }
  throw error;
}

async function logOut(parts: GatewayParts, request: LogOutRequest, context: HandlerContext) {
  const open = await openSession(parts, context);
  if (open) {
    checkCsrf(open, context);
    const stay = (login: KeptLogin): boolean => request.provider !== "" && login.provider !== request.provider;
    await parts.sessions.change(open.key, (session) => ({ ...session, logins: session.logins.filter(stay) }));
    if (!open.session.logins.some(stay)) context.responseHeader.append("set-cookie", parts.sessions.goneCookie);
  }
  return create(LogOutResponseSchema);
}

function openSession(parts: GatewayParts, context: HandlerContext): Promise<OpenSession | undefined> {
  return parts.sessions.open(context.requestHeader.get("cookie") ?? undefined);
}

function checkCsrf(open: OpenSession, context: HandlerContext): void {
  if (sameText(context.requestHeader.get(CSRF_HEADER) ?? "", open.session.csrfToken)) return;
  throw refusal("PERMISSION_DENIED", "CALLER_NOT_ALLOWED", `${CSRF_HEADER} is missing or not the one of this session`);
}
