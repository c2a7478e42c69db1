// A body as a person reads it: JSON indented and coloured, other text as it is.
import { make } from "./elements.js";

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*|true|false|null)/g;
const MOST = 200_000; // characters: more makes a page that nobody reads, and slow

/** Nodes to show. `bytes`: at most what an answer holds. */
export function readable(bytes: Uint8Array): (Node | string)[] {
  if (bytes.length === 0) return ["(empty)"];
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return [`(${bytes.length} bytes that are no text)`];
  }
  try {
    text = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return [cut(text)];
  }
  return text.length > MOST ? [cut(text)] : coloured(text);
}

function cut(text: string): string {
  return text.length > MOST ? `${text.slice(0, MOST)}\n… (${text.length - MOST} more characters)` : text;
}

function coloured(json: string): (Node | string)[] {
  const nodes: (Node | string)[] = [];
  let end = 0;
  for (const { 0: whole, 1: string, 2: colon, index } of json.matchAll(TOKEN)) {
    nodes.push(json.slice(end, index));
    const kind = string === undefined ? "json-other" : colon === undefined ? "json-string" : "json-key";
    nodes.push(make("span", { class: kind }, string ?? whole), colon ?? "");
    end = index + whole.length;
  }
  nodes.push(json.slice(end));
  return nodes;
}
