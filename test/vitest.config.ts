import { existsSync, statfsSync } from "node:fs";
import { resolve } from "node:path";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { buildDocs } from "./support/docs-build.ts";
import { importAsText } from "./support/import-as-text.ts";
import { sortByRuntime } from "./support/runtimes.ts";
import { readPromptQueues } from "./support/shipped-worker.ts";

const root = resolve(import.meta.dirname, "..");
const testSecrets = {
  ADMIN_TOKEN: "test-admin-token-0123456789",
  TOKEN_KEYS: Buffer.alloc(32, 1).toString("base64url"),
  VAULT_KEY: Buffer.alloc(32, 2).toString("base64url"),
  MAIL_FROM: "portal@example.com",
  PORTAL_ORIGIN: "https://go.example.com",
};

/** Linux's file system in memory. With enough room, the runtimes keep their storage there, so that no commit waits for a disk. */
const MEMORY = "/dev/shm";
const MEMORY_MIN_BYTES = 4 * 2 ** 30;
if (process.env.TMPDIR === undefined && existsSync(MEMORY)) {
  const { bavail, bsize } = statfsSync(MEMORY);
  if (bavail * bsize >= MEMORY_MIN_BYTES) process.env.TMPDIR = MEMORY;
}

// The Worker imports them.
await buildDocs();

/** Where .ci/run reads the counts from. */
const report = process.env.VITEST_REPORT;

/** `npm run test:deep`: tests tagged `deep` only, at full size, with another seed each time. */
const deep = process.env.DEEP === "1";
const files = sortByRuntime(root, deep);
const seed = Number(process.env.SEED ?? (deep ? Math.floor(Math.random() * 2 ** 31) : 1));
console.log(`random tests draw from seed ${seed}; SEED=${seed} repeats them`);

export default defineConfig({
  test: {
    maxWorkers: 3,
    provide: { deep, seed },
    tags: [{ name: "deep", description: "draws many more cases in `npm run test:deep`", timeout: 600_000 }],
    reporters: ["default", ...(report ? [["json", { outputFile: report }] as ["json", { outputFile: string }]] : [])],
    projects: [
      {
        root,
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: "./wrangler.toml" },
            main: "./test/support/worker.ts",
            miniflare: {
              queueConsumers: readPromptQueues(),
              r2Buckets: ["ARCHIVE"],
              email: { send_email: [{ name: "EMAIL" }] },
              bindings: { ...testSecrets, TEST_MIGRATIONS: await readD1Migrations(`${root}/migrations`) },
            },
          })),
        ],
        test: {
          name: "workerd",
          include: files.workerd,
          isolate: false,
          setupFiles: ["test/support/setup.ts"],
          // Waiting for the queue and for alarms takes up to ten seconds; see test/support/story.ts.
          testTimeout: 30_000,
        },
      },
      {
        root,
        plugins: [importAsText],
        test: {
          name: "node",
          include: files.node,
          isolate: false,
          setupFiles: ["test/support/setup-node.ts"],
          // Node's own `Uint8Array.fromBase64` and `toHex`, which is still behind a flag.
          execArgv: ["--js-base-64"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
