/** `wrangler deploy --dry-run` with the configuration that `npm run deploy` writes: the Worker bundles, and fits. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { writeConfig } from "../../src/deploy/files.ts";
import { makeWorkerConfig } from "../../src/deploy/worker-config.ts";
import { openWrangler } from "../../src/deploy/wrangler.ts";
import { SHIPPED_CONFIG } from "./try-deployment.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const WRANGLER = [process.execPath, join(ROOT, "node_modules/wrangler/bin/wrangler.js")];

/** The limit of a Worker on Cloudflare's free plan, compressed. */
const MAX_GZIP_KIB = 3 * 1_024;

test("the shipped configuration and the merchant's settings bundle to a Worker within the free plan's size", {
  tags: ["deep"],
}, async () => {
  const settings = { domains: ["go.example.com"], archive_bucket: "archive", mail_from: "portal@example.com" };
  const config = makeWorkerConfig(SHIPPED_CONFIG, { ...settings, database_id: "00000000-0000-4000-8000-000000000000" });
  const out = mkdtempSync(join(tmpdir(), "lastclick-bundle-"));
  try {
    // Paths of a configuration are relative to its file, and those of wrangler.toml to the project.
    writeConfig(ROOT, config, ".lastclick.test.json");
    const run = openWrangler(WRANGLER, ROOT);
    const { ok, output } = await run(["deploy", "--dry-run", "--config", ".lastclick.test.json", "--outdir", out]);
    expect(ok, output).toBe(true);
    expect(Number(/gzip: ([\d.]+) KiB/.exec(output)?.[1])).toBeLessThan(MAX_GZIP_KIB);
    expect(readFileSync(join(out, "index.js"), "utf8")).toContain("healthz");
    for (const bound of ["env.ARCHIVE", "env.EMAIL", "env.DB", "env.DEAD_CLICKS"]) expect(output).toContain(bound);
  } finally {
    rmSync(out, { recursive: true });
    rmSync(join(ROOT, ".lastclick.test.json"), { force: true });
  }
});
