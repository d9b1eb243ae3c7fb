/** The files that `npm run deploy` writes. */
import { chmodSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { saveSecrets } from "../../src/deploy/files.ts";

test("the file with the secrets is for its owner only, also where it was open to others before", () => {
  const folder = mkdtempSync(join(tmpdir(), "lastclick-secrets-"));
  const modeOf = () => statSync(join(folder, ".lastclick.secrets")).mode & 0o777;
  saveSecrets(folder, { ADMIN_TOKEN: "first" });
  expect(modeOf()).toBe(0o600);
  chmodSync(join(folder, ".lastclick.secrets"), 0o644);
  saveSecrets(folder, { ADMIN_TOKEN: "second" });
  expect(modeOf()).toBe(0o600);
  rmSync(folder, { recursive: true });
});
