/** A configuration file as a tree of fields that know their path and place, and collect every mistake. */
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node } from "yaml";

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** What is wrong with a configuration: one line a mistake, `path: what (line:column)`. */
export class ConfigMistakes extends Error {
  constructor(readonly mistakes: readonly string[]) {
    super(mistakes.join("\n"));
    this.name = "ConfigMistakes";
  }
}

/** Parses YAML text; throws ConfigMistakes where it is none. `mistakes` collects what is found later. */
export function parseConfig(text: string, mistakes: string[]): ConfigField {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  if (document.errors.length > 0) {
    throw new ConfigMistakes(document.errors.map((error) => {
      const { line, col } = lines.linePos(error.pos[0]);
      return `YAML: ${error.message} (${line}:${col})`;
    }));
  }
  return new ConfigField("", document.contents, lines, mistakes);
}

/** One value of the file. Its readers give undefined after a mistake, which is then on the list. */
export class ConfigField {
  constructor(
    readonly path: string,
    private readonly node: Node | null,
    private readonly lines: LineCounter,
    private readonly mistakes: string[],
  ) {}

  /** Puts a mistake about this field on the list. */
  mistake(what: string): undefined {
    const start = this.node?.range?.[0];
    const { line, col } = start === undefined ? { line: 1, col: 1 } : this.lines.linePos(start);
    this.mistakes.push(`${this.path || "the file"}: ${what} (${line}:${col})`);
    return undefined;
  }

  /** The fields of a mapping that may have `known` keys and no others; `required` ones must be there. */
  fields(known: readonly string[], required: readonly string[] = []): Map<string, ConfigField> {
    const found = new Map<string, ConfigField>();
    if (!isMap(this.node)) {
      this.mistake(`must be a mapping with ${known.join(", ")}`);
      return found;
    }
    for (const pair of this.node.items) {
      const name = isScalar(pair.key) ? String(pair.key.value) : "?";
      const field = this.child(this.path ? `${this.path}.${name}` : name, (pair.value ?? pair.key) as Node);
      if (!known.includes(name)) field.mistake(`is unknown; known are ${known.join(", ")}`);
      else if (pair.value === null || (isScalar(pair.value) && pair.value.value === null)) field.mistake("is empty");
      else found.set(name, field);
    }
    const written = new Set(this.node.items.map((pair) => (isScalar(pair.key) ? String(pair.key.value) : "?")));
    for (const name of required.filter((one) => !written.has(one))) this.mistake(`${name} is missing`);
    return found;
  }

  /** Names and texts of a mapping with keys of one's own, in order. */
  texts(): [string, string][] {
    if (!isMap(this.node)) {
      this.mistake("must be a mapping of names to texts");
      return [];
    }
    return this.node.items.flatMap((pair): [string, string][] => {
      const name = isScalar(pair.key) ? String(pair.key.value) : "?";
      const text = this.child(`${this.path}.${name}`, pair.value as Node | null).text();
      return text === undefined ? [] : [[name, text]];
    });
  }

  /** The entries of a list, which must have one at least. */
  list(): ConfigField[] {
    if (!isSeq(this.node) || this.node.items.length === 0) {
      this.mistake("must be a list that is not empty");
      return [];
    }
    return this.node.items.map((item, index) => this.child(`${this.path}[${index}]`, item as Node));
  }

  /** A text that is not empty and, where `pattern` is given, matches it; `what` says what is wanted. */
  text(pattern?: RegExp, what = "must be a text"): string | undefined {
    const value = isScalar(this.node) ? this.node.value : undefined;
    if (typeof value !== "string" || value === "") return this.mistake(value === "" ? "is empty" : what);
    return pattern && !pattern.test(value) ? this.mistake(what) : value;
  }

  /** true or false. */
  flag(): boolean | undefined {
    const value = isScalar(this.node) ? this.node.value : undefined;
    return typeof value === "boolean" ? value : this.mistake("must be true or false");
  }

  /** A whole number from `least` to `most`. */
  integer(least: number, most: number): number | undefined {
    const value = isScalar(this.node) ? this.node.value : undefined;
    const fits = typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
    return fits ? value : this.mistake(`must be a whole number from ${least} to ${most}`);
  }

  /** A duration such as 30s, 15m, 12h or 7d, in milliseconds; at least a second. */
  duration(): number | undefined {
    const [, digits, unit] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(isScalar(this.node) ? String(this.node.value) : "") ?? [];
    const ms = Number(digits) * (UNITS[unit ?? ""] ?? NaN);
    return ms >= 1000 ? ms : this.mistake("must be a duration of a second or more, such as 30s, 15m, 12h or 7d");
  }

  private child(path: string, node: Node | null): ConfigField {
    return new ConfigField(path, node, this.lines, this.mistakes);
  }
}
