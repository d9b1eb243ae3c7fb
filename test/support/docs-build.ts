/** Builds the docs, which the Worker imports, as `npm run build` does. */
import { execFile } from "node:child_process";
import { watch } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const ROOT = resolve(import.meta.dirname, "../..");
const BUILD = "src/docs/site/build-job.ts";
const WATCHED = join(ROOT, "src/docs");
/** Editors write a file in several steps. */
const SETTLE_MS = 100;

/** Builds the docs unless they are up to date. Throws if they can't be built. */
export async function buildDocs(): Promise<void> {
  await promisify(execFile)(process.execPath, [BUILD], { cwd: ROOT });
}

/** Builds the docs whenever one of their files changes. A failed build is reported, and the docs stay as they were. */
export function watchDocs(onError: (error: unknown) => void): void {
  let timer: NodeJS.Timeout | undefined;
  watch(WATCHED, { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => buildDocs().catch(onError), SETTLE_MS);
  }).unref();
}
