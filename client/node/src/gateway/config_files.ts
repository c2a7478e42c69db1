/** Files and variables that a configuration names: what they may be, and who may read them. */
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";

import type { ConfigField } from "./config_field.js";

/** The path that a field names, from the configuration's folder; it must be a folder or a file that can be read. */
export function existingPath(field: ConfigField, folder: string, kind: "file" | "folder"): string | undefined {
  const name = field.text();
  if (name === undefined) return undefined;
  const path = resolve(folder, name);
  try {
    const found = statSync(path);
    if (kind === "folder" ? !found.isDirectory() : !found.isFile()) return field.mistake(`is no ${kind}`);
    if (kind === "file") readFileSync(path);
    return path;
  } catch (error) {
    return field.mistake(`cannot be read: ${(error as NodeJS.ErrnoException).code ?? "it failed"}`);
  }
}

/** As existingPath, for a file with a secret: nobody but its owner and group may read it. */
export function secretPath(field: ConfigField, folder: string): string | undefined {
  const path = existingPath(field, folder, "file");
  if (path === undefined) return undefined;
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o027) === 0) return path;
  return field.mistake(`holds a secret, and has mode 0${mode.toString(8)}: chmod 0640, or stricter`);
}

/** A secret that stands elsewhere: `{env: NAME}` or `{file: PATH}`, without white space around it. */
export function secretText(field: ConfigField, folder: string): string | undefined {
  const named = field.fields(["env", "file"]);
  const env = named.get("env");
  const file = named.get("file");
  if (!env === !file) return field.mistake("must be {env: NAME} or {file: PATH}");
  if (env) {
    const name = env.text(/^[A-Za-z_]\w*$/, "must be the name of an environment variable");
    return name === undefined ? undefined : process.env[name]?.trim() || env.mistake("is not set, or empty");
  }
  const path = file && secretPath(file, folder);
  return path === undefined ? undefined : readFileSync(path, "utf8").trim() || file?.mistake("is empty");
}
