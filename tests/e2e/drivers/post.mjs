// One signed request through the Node package: `node post.mjs PROVIDER METHOD URL`; needs client/node built.
//
// Prints one line of JSON: {"status"} of the provider's answer, or {"code", "reason", "sent"} of the error.
import { Client, OAuth1dError, TWO_LEGGED } from "../../../client/node/dist/index.js";

const [provider, method, url] = process.argv.slice(2);
const client = new Client();
try {
  const body = method === "POST" ? { form: { status: "hello" } } : {};
  const answer = await client.signedRequest(provider, method, url, { token: TWO_LEGGED, ...body });
  console.log(JSON.stringify({ status: answer.status }));
} catch (error) {
  if (!(error instanceof OAuth1dError)) throw error;
  console.log(JSON.stringify({ code: error.code, reason: error.reason, sent: error.sent }));
} finally {
  client.close();
}
