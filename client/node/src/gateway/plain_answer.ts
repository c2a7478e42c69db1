/** Short answers in words, for whoever looks at them. */
import type { ServerResponse } from "node:http";

/** A short answer in words. */
export function plain(response: ServerResponse, status: number, text: string): void {
  const body = `${text}\n`;
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8", "content-length": Buffer.byteLength(body), "cache-control": "no-store",
  });
  response.end(response.req.method === "HEAD" ? undefined : body);
}
