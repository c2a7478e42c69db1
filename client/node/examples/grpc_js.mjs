// The service through @grpc/grpc-js, without this package's own client: `node grpc_js.mjs`, OAUTH1D_SERVER from the
// environment. Lists the providers, then makes a call that fails, and reads why: google.rpc.ErrorInfo in the trailer
// grpc-status-details-bin. The .proto files come with the package: node_modules/oauth1d/dist/proto.
import { fileURLToPath } from "node:url";

import grpc from "@grpc/grpc-js";
import protoLoader from "@grpc/proto-loader";

const protos = fileURLToPath(new URL("./proto", import.meta.resolve("oauth1d")));
const options = { includeDirs: [protos], keepCase: false, longs: Number, enums: String, oneofs: true };
const load = (file) => grpc.loadPackageDefinition(protoLoader.loadSync(file, options)).oauth1d;
const { OAuth1Service } = load("oauth1d/v1/oauth1d.proto").v1;
const status = protoLoader.loadSync("oauth1d/status/v1/status.proto", options);

/** ErrorInfo of a failed call; undefined where the failure is the transport's. */
function errorInfo(error) {
  const [bytes] = error.metadata?.get("grpc-status-details-bin") ?? [];
  if (!bytes) return undefined;
  // Details stand under Google's type URLs; oauth1d.status.v1 has messages of the same shape.
  const details = status["oauth1d.status.v1.Status"].deserialize(bytes).details;
  const info = details.find((one) => (one.type_url ?? one.typeUrl).endsWith("/google.rpc.ErrorInfo"));
  return info && status["oauth1d.status.v1.ErrorInfo"].deserialize(info.value);
}

const client = new OAuth1Service(process.env.OAUTH1D_SERVER ?? "127.0.0.1:50051", grpc.credentials.createInsecure());
const metadata = new grpc.Metadata();
if (process.env.OAUTH1D_API_KEY) metadata.set("authorization", `Bearer ${process.env.OAUTH1D_API_KEY}`);

function call(method, request) {
  const deadline = new Date(Date.now() + 35_000);
  return new Promise((resolve, reject) => {
    client[method](request, metadata, { deadline }, (error, answer) => (error ? reject(error) : resolve(answer)));
  });
}

const { providers } = await call("ListProviders", {});
console.log("providers:", providers.map(({ name }) => name).join(" "));
try {
  const request = { provider: providers[0]?.name, accessToken: "oa1_damaged", call: { method: "GET", url: "" } };
  const { answer } = await call("SignedRequest", request);
  console.log("status:", answer.statusCode);
} catch (error) {
  const { reason = "", metadata: said = {} } = errorInfo(error) ?? {};
  console.log("failed:", grpc.status[error.code], reason, "sent:", said.sent ?? "maybe");
}
client.close();
