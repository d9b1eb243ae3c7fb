/** The commands of the backup guide: a database that was exported and restored into a new one has the same rows. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openWrangler } from "../../src/deploy/wrangler.ts";
import { folderOf, PREVIOUS } from "../upgrade/fixture.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const WRANGLER = [process.execPath, join(ROOT, "node_modules/wrangler/bin/wrangler.js")];

const PREPARE_RESTORE = join(ROOT, "src/deploy/prepare-restore.ts");

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A clone with a local database of its own, which is empty. */
function openClone() {
  const folder = mkdtempSync(join(tmpdir(), "lastclick-copy-"));
  folders.push(folder);
  for (const name of ["wrangler.toml", "migrations"]) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  const run = openWrangler(WRANGLER, folder);
  return {
    folder,
    async d1(...args: string[]) {
      const { ok, output } = await run(["d1", ...args, "--local"]);
      expect(ok, output).toBe(true);
      return output;
    },
  };
}

test("an export is restored into a new database, which is then migrated like the old one", {
  tags: ["deep"],
}, async () => {
  const first = openClone();
  await first.d1("execute", "DB", "--yes", "--file", join(folderOf(PREVIOUS), "d1.sql"));
  await first.d1("migrations", "apply", "DB");
  await first.d1("export", "DB", "--output", "lastclick.sql");
  const exported = join(first.folder, "lastclick.sql");
  execFileSync(process.execPath, ["--no-warnings", PREPARE_RESTORE, exported]);

  const second = openClone();
  await second.d1("execute", "DB", "--yes", "--file", join(first.folder, "lastclick.restore.sql"));
  expect(await second.d1("migrations", "apply", "DB")).toContain("No migrations to apply");
  await second.d1("export", "DB", "--output", "again.sql");
  const lines = (path: string) => readFileSync(path, "utf8").split("\n").sort();
  expect(lines(exported).filter((line) => line.startsWith("INSERT INTO")).length).toBeGreaterThan(300);
  expect(lines(join(second.folder, "again.sql"))).toEqual(lines(exported));
});
