import { resolve } from "node:path";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

const root = resolve(import.meta.dirname, "..");
const testSecrets = {
  ADMIN_TOKEN: "test-admin-token-0123456789",
  TOKEN_KEYS: Buffer.alloc(32, 1).toString("base64url"),
  VAULT_KEY: Buffer.alloc(32, 2).toString("base64url"),
  MAIL_FROM: "portal@example.com",
  PORTAL_ORIGIN: "https://go.example.com",
};

/** Tests that look at files, start processes, or read or make more than workerd has room for; everything else runs in workerd. */
const nodeTests = [
  "test/tidy.test.ts",
  "test/redirect/bots.test.ts",
  "test/redirect/hostile-urls.test.ts",
  "test/commissions/year.test.ts",
  "test/browser/**/*.test.ts",
  "test/demo/**/*.test.ts",
  "test/upgrade/**/*.test.ts",
];

/** Where .ci/run reads the counts from. */
const report = process.env.VITEST_REPORT;

export default defineConfig({
  test: {
    reporters: ["default", ...(report ? [["json", { outputFile: report }] as ["json", { outputFile: string }]] : [])],
    projects: [
      {
        root,
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              r2Buckets: ["ARCHIVE"],
              email: { send_email: [{ name: "EMAIL" }] },
              bindings: { ...testSecrets, TEST_MIGRATIONS: await readD1Migrations(`${root}/migrations`) },
            },
          })),
        ],
        test: {
          name: "workerd",
          include: ["test/**/*.test.{ts,tsx}"],
          exclude: nodeTests,
          setupFiles: ["test/support/setup.ts"],
          // What waits for the queue and for alarms waits up to ten seconds; see test/support/story.ts.
          testTimeout: 30_000,
        },
      },
      {
        root,
        test: { name: "node", include: nodeTests, testTimeout: 120_000, hookTimeout: 120_000 },
      },
    ],
  },
});
