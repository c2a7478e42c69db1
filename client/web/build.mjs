// Makes dist/: index.html, page.css, page.js, icon.svg. Needs `npm ci` here.
import { chmod, cp, mkdtemp, rename, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));

// The stubs stand in client/node, and so would find that folder's protobuf library, or none: they get the page's.
const oneProtobuf = {
  name: "one-protobuf",
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^@bufbuild\/protobuf($|\/)/ }, ({ path, kind, pluginData }) =>
      pluginData === here ? undefined : resolve(path, { kind, resolveDir: here, pluginData: here }),
    );
  },
};

// Made beside it and swapped at the end: a gateway may be serving what is there.
const next = await mkdtemp(`${here}.dist.`);
await chmod(next, 0o755);
await build({
  absWorkingDir: here,
  entryPoints: { page: "src/main.ts" },
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none",
  outdir: next,
  plugins: [oneProtobuf],
});
await build({ absWorkingDir: here, entryPoints: ["src/page.css"], minify: true, outdir: next });
for (const name of ["index.html", "icon.svg"]) await cp(`${here}src/${name}`, `${next}/${name}`);
await rm(`${here}dist`, { recursive: true, force: true });
await rename(next, `${here}dist`);
