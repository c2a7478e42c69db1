// Reads a JSON list of Kubernetes objects, prints what is wrong with them, a line each; exit status 1 if anything is.
// kubernetes-models knows which fields are required and of what type; kubernetes-types, through TypeScript, knows which
// fields there are at all.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const here = dirname(fileURLToPath(import.meta.url));
const TYPES = {
  v1: "core/v1",
  "apps/v1": "apps/v1",
  "autoscaling/v2": "autoscaling/v2",
  "policy/v1": "policy/v1",
  "networking.k8s.io/v1": "networking/v1",
};
const OPERATOR = "monitoring.coreos.com/";
// No package has their schemas: each must be of a known shape, which the chart's tests look at.
const UNKNOWN = new Set(["cert-manager.io/v1/Certificate"]);

function nameOf(object) {
  return `${object.kind}/${object.metadata?.name}`;
}

async function wrongTypes(object) {
  const group = object.apiVersion.startsWith(OPERATOR)
    ? "@kubernetes-models/prometheus-operator"
    : "kubernetes-models";
  const module = await import(`${group}/${object.apiVersion}/${object.kind}`);
  try {
    new module[object.kind](object).validate();
    return [];
  } catch (error) {
    return [`${nameOf(object)}: ${error.message}`];
  }
}

function strangeFields(objects) {
  const folder = mkdtempSync(join(here, ".types-"));
  try {
    const files = new Map();
    objects.forEach((object, index) => {
      const [type, from] = object.apiVersion.startsWith(OPERATOR)
        ? [`I${object.kind}`, `@kubernetes-models/prometheus-operator/${object.apiVersion}/${object.kind}`]
        : [object.kind, `kubernetes-types/${TYPES[object.apiVersion]}`];
      const file = join(folder, `object${index}.ts`);
      writeFileSync(
        file,
        `import type { ${type} } from "${from}";\nexport const object: ${type} = ${JSON.stringify(object, null, 1)};\n`,
      );
      files.set(file, object);
    });
    const program = ts.createProgram([...files.keys()], {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: [],
      moduleResolution: ts.ModuleResolutionKind.Node10,
      module: ts.ModuleKind.CommonJS,
    });
    return ts.getPreEmitDiagnostics(program).map((found) => {
      const object = found.file && files.get(found.file.fileName);
      return `${object ? nameOf(object) : "?"}: ${ts.flattenDiagnosticMessageText(found.messageText, " ")}`;
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const objects = JSON.parse(readFileSync(0, "utf8"));
const problems = [];
const known = [];
for (const object of objects) {
  if (UNKNOWN.has(`${object.apiVersion}/${object.kind}`)) continue;
  known.push(object);
  problems.push(...(await wrongTypes(object)));
}
problems.push(...strangeFields(known));
for (const problem of problems) console.log(problem.replaceAll("\n", " "));
process.exitCode = problems.length === 0 ? 0 : 1;
