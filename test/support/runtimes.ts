/** Which runtime each test file needs, read from its imports. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** Imports that are still there when the types are gone. */
const VALUE_IMPORTS = /^\s*(?:import|export)\s+(?!type\b)(?:[^"';]*?\bfrom\s+)?"([^"]+)"/gm;

/** Test files, by whether they import the Workers runtime (`cloudflare:*`), directly or through other files. */
export function sortByRuntime(root: string): { workerd: string[]; node: string[] } {
  const files = globSync("test/**/*.test.{ts,tsx}", { cwd: root }).sort();
  const workerd = files.filter((file) => importsWorkers(resolve(root, file), new Set()));
  return { workerd, node: files.filter((file) => !workerd.includes(file)) };
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
