import { fileURLToPath } from "node:url";

/** The package's folder, with a slash at its end: dist, which the package's own name leads to, stands in it. */
export const ROOT = fileURLToPath(new URL("../", import.meta.resolve("oauth1d")));
