/**
 * Builds the docs into `.build/docs.bin`, which the Worker imports. `npm run build` and wrangler run it before they need the
 * file; nothing is done when nothing has changed since.
 */
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { OTHER_SOURCES } from "./navigation.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const FOLDER = join(ROOT, ".build");
const PACK = join(FOLDER, "docs.bin");
/** Names the sources of the last build. */
const STAMP = join(FOLDER, "docs.stamp");
/** Everything that the site is made from or with. */
const INPUTS = ["src/docs/**/*", "src/portal/layout/styles/colors.css", "package-lock.json", ...OTHER_SOURCES];

/** Styles and browser scripts are imported as text, as `[[rules]]` in wrangler.toml does in the Worker. */
registerHooks({
  load: (url, context, nextLoad) => {
    if (!/\.(css|client\.js)$/.test(url)) return nextLoad(url, context);
    const text = readFileSync(fileURLToPath(url), "utf8");
    return { format: "module", source: `export default ${JSON.stringify(text)};`, shortCircuit: true };
  },
});

const stamp = fingerprintOf(listFiles(INPUTS));
const built = existsSync(PACK) && existsSync(STAMP) ? readFileSync(STAMP, "utf8") : "";
if (built !== stamp) await build();

async function build(): Promise<void> {
  // Imported now, not at the top: that takes longer than finding out that there is nothing to do.
  const [{ makeSite }, { packSite }] = await Promise.all([import("./make-site.ts"), import("../pack.ts")]);
  const markdown = listFiles(["src/docs/**/*.md", ...OTHER_SOURCES]);
  const site = await makeSite({
    documents: new Map(markdown.map((file) => [file, readFileSync(join(ROOT, file), "utf8")])),
    readFile: (file) => readFileSync(join(ROOT, file)),
    search_library: readFileSync(fileURLToPath(import.meta.resolve("minisearch")), "utf8"),
  });
  mkdirSync(FOLDER, { recursive: true });
  replaceFile(PACK, packSite(site));
  replaceFile(STAMP, stamp);
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
  for (const file of files) hash.update(`${file}\n`).update(readFileSync(join(ROOT, file)));
  return hash.digest("hex");
}

/** Another process may read or build the file at the same time: it sees the whole old file or the whole new one. */
function replaceFile(file: string, content: string | Uint8Array): void {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, content);
  renameSync(temporary, file);
}
