// Looks for secrets in every spelling that a page, a cookie or a header could give them, as tests/e2e/secret_search.py
// does.
import assert from "node:assert/strict";

/** How it could stand there: raw, for JSON, hex, percent-encoded, base64 at each of the three offsets. */
export function spellings(secret) {
  const raw = Buffer.from(secret);
  const percent = [...raw].map((octet) => `%${octet.toString(16).padStart(2, "0")}`).join("");
  const found = new Set([
    secret, raw.toString("hex"), raw.toString("hex").toUpperCase(), JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret), percent, percent.toUpperCase(),
  ]);
  for (const offset of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(offset), raw]).toString("base64");
    // Without the first four, where neighbours stand too, and without the end, which neighbours change.
    const inner = encoded.slice(offset ? 4 : 0, Math.floor((offset + raw.length) / 3) * 4);
    found.add(inner).add(inner.replaceAll("+", "-").replaceAll("/", "_"));
  }
  return [...found];
}

/** `places`: what to call it, and its text. */
export function assertHoldsNoneOf(secrets, places) {
  for (const secret of secrets) {
    for (const spelling of spellings(secret)) {
      for (const [place, text] of places) {
        const at = text.indexOf(spelling);
        const around = text.slice(Math.max(0, at - 80), at + 80);
        assert.equal(at, -1, `${place} holds a secret, as ${spelling}: …${around}…`);
      }
    }
  }
}
