/**
 * Builds the API's description and the docs into `.build/docs.bin`, which the Worker imports. `npm run build`, wrangler and the
 * tests run it before they need the file. What hasn't changed since the last time isn't built again.
 */
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { OTHER_SOURCES } from "./navigation.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const OPENAPI = ".build/openapi.json";
const PACK = ".build/docs.bin";
const LOCK = "package-lock.json";

/** Styles and browser scripts are imported as text, as `[[rules]]` in wrangler.toml does in the Worker. */
registerHooks({
  load: (url, context, nextLoad) => {
    if (!/\.(css|client\.js)$/.test(url)) return nextLoad(url, context);
    const text = readFileSync(fileURLToPath(url), "utf8");
    return { format: "module", source: `export default ${JSON.stringify(text)};`, shortCircuit: true };
  },
});

mkdirSync(join(ROOT, ".build"), { recursive: true });
// Modules are imported when they are needed: that takes longer than finding out that there is nothing to do.
await buildIfChanged(OPENAPI, ["src/**/*.ts", LOCK], async () => {
  const { buildOpenApi } = await import("../../api/reference/build-openapi.ts");
  return JSON.stringify(buildOpenApi());
});
const site = ["src/docs/**/*", "src/portal/layout/styles/colors.css", ...OTHER_SOURCES];
await buildIfChanged(PACK, [...site, OPENAPI, LOCK], buildSite);

async function buildSite(): Promise<Uint8Array> {
  const [{ makeSite }, { packSite }] = await Promise.all([import("./make-site.ts"), import("../pack.ts")]);
  const documents = listFiles(["src/docs/**/*.md", ...OTHER_SOURCES]);
  const files = await makeSite({
    documents: new Map(documents.map((file) => [file, read(file).toString()])),
    readFile: read,
    openapi: JSON.parse(read(OPENAPI).toString()),
    search_library: readFileSync(fileURLToPath(import.meta.resolve("minisearch")), "utf8"),
  });
  const compressed = [...files].map(
    ([path, file]) => [path, { ...file, body: gzipSync(file.body, { level: 9 }) }] as const,
  );
  return packSite(new Map(compressed));
}

/** Builds a file, unless it was built from the same inputs. A stamp beside it says from which. */
async function buildIfChanged(
  file: string,
  inputs: readonly string[],
  build: () => Promise<string | Uint8Array>,
): Promise<void> {
  const stampFile = `${file}.stamp`;
  const stamp = fingerprintOf(listFiles(inputs));
  if (existsSync(join(ROOT, file)) && existsSync(join(ROOT, stampFile)) && read(stampFile).toString() === stamp) return;
  replaceFile(file, await build());
  replaceFile(stampFile, stamp);
}

function read(file: string): Buffer<ArrayBuffer> {
  return readFileSync(join(ROOT, file));
}

function listFiles(patterns: readonly string[]): string[] {
  return globSync(patterns, { cwd: ROOT, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(ROOT.length + 1)
        .replaceAll("\\", "/"),
    )
    .sort();
}

function fingerprintOf(files: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(`${file}\n`).update(read(file));
  return hash.digest("hex");
}

/** Another process may read or build the file at the same time: it sees the whole old file or the whole new one. */
function replaceFile(file: string, content: string | Uint8Array): void {
  const temporary = join(ROOT, `${file}.${process.pid}`);
  writeFileSync(temporary, content);
  renameSync(temporary, join(ROOT, file));
}
