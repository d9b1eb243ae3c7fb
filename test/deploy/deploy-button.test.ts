/** What a Deploy to Cloudflare button reads: secrets, descriptions, default names and ids, and the `deploy` script. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseEnv } from "node:util";
import { expect, test } from "vitest";
import { SECRET_NAMES } from "../../src/deploy/secrets.ts";
import { databaseOf, queuesOf } from "../../src/deploy/worker-config.ts";
import { SHIPPED_CONFIG } from "./try-deployment.ts";

const read = (name: string) => readFileSync(resolve(import.meta.dirname, "../..", name), "utf8");
const manifest: { scripts: Record<string, string>; cloudflare: { bindings: Record<string, { description: string }> } } =
  JSON.parse(read("package.json"));

test("it asks for exactly the secrets that a deployment needs, without a default that anybody could keep", () => {
  // Every line that isn't a comment becomes a required secret of the deployed Worker.
  expect(parseEnv(read(".dev.vars.example"))).toEqual(Object.fromEntries(SECRET_NAMES.map((name) => [name, ""])));
});

test("it describes everything that it asks for, and nothing else", () => {
  const { vars = {}, d1_databases = [], queues } = SHIPPED_CONFIG;
  const bindings = [...d1_databases, ...(queues?.producers ?? [])].map(({ binding }) => binding);
  const asked = [...SECRET_NAMES, ...Object.keys(vars), ...bindings];
  expect(Object.keys(manifest.cloudflare.bindings).sort()).toEqual(asked.sort());
});

test("it has default names, an id to replace, and runs the deployment that migrates first", () => {
  expect(databaseOf(SHIPPED_CONFIG)).toEqual({ name: "lastclick", id: null });
  expect(SHIPPED_CONFIG.d1_databases?.[0]?.database_id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(queuesOf(SHIPPED_CONFIG)).toEqual(["lastclick-clicks-dead", "lastclick-clicks"]);
  expect(manifest.scripts.deploy).toBe("node src/deploy/deploy.ts");
});
