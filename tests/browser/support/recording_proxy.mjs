// The browser's way to everything: an HTTP proxy that keeps each header and each byte that the browser receives.
import { createServer, request } from "node:http";

export class RecordingProxy {
  #server;
  /** One an answer: url, status, headers and body as text (latin1: a character an octet). */
  received = [];
  #heldBack;

  static async start() {
    const proxy = new RecordingProxy();
    proxy.#server = createServer((asked, answer) => proxy.#forward(asked, answer));
    proxy.#server.on("connect", (_, socket) => socket.end("HTTP/1.1 403 Forbidden\r\n\r\n"));
    await new Promise((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    proxy.url = `http://127.0.0.1:${proxy.#server.address().port}`;
    return proxy;
  }

  /** The next request for a path like this: it goes nowhere, the browser stays where it is, and this is its URL. */
  nextFor(pattern) {
    return new Promise((resolve) => (this.#heldBack = { pattern, resolve }));
  }

  #forward(asked, answer) {
    const target = new URL(asked.url);
    if (this.#heldBack?.pattern.test(target.pathname)) {
      this.#heldBack.resolve(asked.url);
      this.#heldBack = undefined;
      answer.writeHead(204).end();
      return;
    }
    if (target.hostname !== "127.0.0.1") {
      answer.writeHead(403).end(); // Chromium looks for updates of its own; what pages ask for, Browsers keeps
      return;
    }
    const { method, rawHeaders: headers } = asked;
    const path = target.pathname + target.search;
    const options = { hostname: target.hostname, port: target.port, method, path, headers, setHost: false };
    const onward = request(options, (got) => {
      const pieces = [];
      got.on("data", (piece) => pieces.push(piece));
      got.on("end", () => {
        const body = Buffer.concat(pieces);
        this.received.push({
          url: asked.url,
          status: got.statusCode,
          encoding: got.headers["content-encoding"],
          headers: got.rawHeaders.join("\n"),
          body: body.toString("latin1"),
        });
        answer.writeHead(got.statusCode, got.rawHeaders).end(body);
      });
    });
    onward.on("error", () => answer.destroy());
    asked.pipe(onward);
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
