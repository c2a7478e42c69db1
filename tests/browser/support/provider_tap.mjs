// Stands between oauth1d and the provider's token endpoints, and keeps the secrets that the provider gave: nothing that
// a browser receives may hold them.
import { createServer, request } from "node:http";

export class ProviderTap {
  #server;
  /** Temporary and token secrets, in order. */
  secrets = [];

  static async before(providerUrl) {
    const tap = new ProviderTap();
    const { hostname, port } = new URL(providerUrl);
    tap.#server = createServer((asked, answer) => {
      const { method, url: path, rawHeaders: headers } = asked;
      const onward = request({ hostname, port, method, path, headers, setHost: false }, (got) => {
        const pieces = [];
        got.on("data", (piece) => pieces.push(piece));
        got.on("end", () => {
          const body = Buffer.concat(pieces);
          const secret = new URLSearchParams(body.toString("latin1")).get("oauth_token_secret");
          if (secret) tap.secrets.push(secret);
          answer.writeHead(got.statusCode, got.rawHeaders).end(body);
        });
      });
      onward.on("error", () => answer.destroy());
      asked.pipe(onward);
    });
    await new Promise((resolve) => tap.#server.listen(0, "127.0.0.1", resolve));
    tap.url = `http://127.0.0.1:${tap.#server.address().port}`;
    return tap;
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
