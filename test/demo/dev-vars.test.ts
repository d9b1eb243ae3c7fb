import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DemoError } from "./demo-error.ts";
import { createDevVars, readDevVars } from "./dev-vars.ts";

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lastclick-vars-"));
  file = join(folder, ".dev.vars");
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test("secrets are created once and never overwritten", async () => {
  expect(createDevVars(file)).toBe(true);
  const written = await readFile(file, "utf8");
  expect(new Set(Object.values(readDevVars(file))).size).toBe(3);
  expect(createDevVars(file)).toBe(false);
  expect(await readFile(file, "utf8")).toBe(written);
});

test.each(["ADMIN_TOKEN", "TOKEN_KEYS", "VAULT_KEY"])("a missing or invalid %s is named", async (name) => {
  createDevVars(file);
  const written = await readFile(file, "utf8");
  await writeFile(file, written.replace(new RegExp(`^${name}=.*$`, "m"), ""));
  const fix =
    "See .dev.vars.example for what it is. To start over with new secrets and new data, delete .dev.vars and .wrangler/state.";
  expect(() => readDevVars(file)).toThrow(new DemoError(`${name} is missing in .dev.vars. ${fix}`));
  await writeFile(file, written.replace(new RegExp(`^${name}=.*$`, "m"), `${name}=short`));
  expect(() => readDevVars(file)).toThrow(`${name} in .dev.vars must`);
});

test("a new key can be added before the old one", async () => {
  createDevVars(file);
  const written = await readFile(file, "utf8");
  const { VAULT_KEY, TOKEN_KEYS } = readDevVars(file);
  await writeFile(file, written.replace(/^TOKEN_KEYS=.*$/m, `TOKEN_KEYS=${VAULT_KEY},${TOKEN_KEYS}`));
  expect(readDevVars(file).TOKEN_KEYS).toBe(`${VAULT_KEY},${TOKEN_KEYS}`);
});
