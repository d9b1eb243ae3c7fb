/** The runtime that each test file needs, determined from its imports. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

const DEEP_TAG = 'tags: ["deep"]';

/** Imports that are still there when the types are gone. */
const VALUE_IMPORTS = /^\s*(?:import|export)\s+(?!type\b)(?:[^"';]*?\bfrom\s+)?"([^"]+)"/gm;

/**
 * Test files, by whether they import the Workers runtime (`cloudflare:*`), directly or through other files: those with a
 * test tagged `deep`, or all but `*.deep.test.ts`.
 */
export function sortByRuntime(root: string, deep: boolean): { workerd: string[]; node: string[] } {
  const files = globSync("test/**/*.test.{ts,tsx}", { cwd: root }).sort();
  const chosen = files.filter((file) =>
    deep ? readFileSync(resolve(root, file), "utf8").includes(DEEP_TAG) : !file.includes(".deep.test."),
  );
  const workerd = chosen.filter((file) => importsWorkers(resolve(root, file), new Set()));
  return { workerd, node: chosen.filter((file) => !workerd.includes(file)) };
}

function importsWorkers(file: string, visited: Set<string>): boolean {
  if (visited.has(file) || !/\.tsx?$/.test(file) || !existsSync(file)) return false;
  visited.add(file);
  const names = [...readFileSync(file, "utf8").matchAll(VALUE_IMPORTS)].map(([, name = ""]) => name);
  return names.some(
    (name) =>
      name.startsWith("cloudflare:") || (name.startsWith(".") && importsWorkers(resolve(dirname(file), name), visited)),
  );
}
