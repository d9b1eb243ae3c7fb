/** The runtime that each test file needs, determined from its imports. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** Imports that remain after types are removed. */
const VALUE_IMPORTS = /^\s*(?:import|export)\s+(?!type\b)(?:[^"';]*?\bfrom\s+)?"([^"]+)"/gm;

/**
 * Test files by whether they import the Workers runtime (`cloudflare:*`), directly or through other files. Files named
 * `*.deep.test.ts` take long and are left out by default.
 */
export function sortByRuntime(root: string, deep: boolean): { workerd: string[]; node: string[] } {
  const files = globSync("test/**/*.test.{ts,tsx}", { cwd: root }).sort();
  const chosen = files.filter((file) => deep || !file.includes(".deep.test."));
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
