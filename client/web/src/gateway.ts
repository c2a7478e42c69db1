// The gateway at this page's own origin, and what its errors mean.
import { fromBinary } from "@bufbuild/protobuf";
import { createClient, ConnectError } from "@connectrpc/connect";
import type { Interceptor } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { GatewayService } from "../../node/src/stubs/oauth1d/gateway/v1/gateway_pb.js";
import type { CallResponse, GetSessionResponse } from "../../node/src/stubs/oauth1d/gateway/v1/gateway_pb.js";
import { ErrorInfoSchema } from "../../node/src/stubs/oauth1d/status/v1/status_pb.js";

/** What the user wants signed; `parameters` go into the query of a GET and into the form of any other method. */
export interface SignedCall {
  provider: string;
  method: string;
  path: string;
  parameters: [string, string][];
}

/** Calls of this browser's session. They throw a Refusal. */
export class Gateway {
  #csrfToken = "";

  readonly #service = createClient(
    GatewayService,
    createConnectTransport({
      baseUrl: location.origin,
      defaultTimeoutMs: 40_000,
      interceptors: [this.#withCsrfToken()],
    }),
  );

  async session(): Promise<GetSessionResponse> {
    const session = await refusing(this.#service.getSession({}));
    this.#csrfToken = session.csrfToken;
    return session;
  }

  call({ provider, method, path, parameters }: SignedCall): Promise<CallResponse> {
    const fields = parameters.map(([name, value]) => ({ name, content: { case: "value" as const, value } }));
    const inQuery = method === "GET" || fields.length === 0;
    return refusing(
      this.#service.call({
        provider,
        call: {
          method,
          url: path,
          query: inQuery ? fields : [],
          content: inQuery ? { case: undefined } : { case: "form", value: { fields } },
        },
      }),
    );
  }

  async logOut(provider: string): Promise<void> {
    await refusing(this.#service.logOut({ provider }));
  }

  #withCsrfToken(): Interceptor {
    return (next) => (request) => {
      if (this.#csrfToken !== "") request.header.set("x-oauth1d-csrf", this.#csrfToken);
      return next(request);
    };
  }
}

/** There is no answer; `reason` is a name of oauth1d.v1.ErrorReason without its prefix, or "" where nobody told one. */
export class Refusal extends Error {
  constructor(
    readonly reason: string,
    message: string,
  ) {
    super(message);
  }
}

async function refusing<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (thrown) {
    const error = ConnectError.from(thrown);
    throw new Refusal(reasonOf(error), error.rawMessage);
  }
}

function reasonOf(error: ConnectError): string {
  for (const detail of error.details) {
    if ("type" in detail && detail.type === "google.rpc.ErrorInfo") {
      return fromBinary(ErrorInfoSchema, detail.value).reason;
    }
  }
  return "";
}
