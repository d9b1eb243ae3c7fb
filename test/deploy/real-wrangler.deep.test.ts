/** `npm run deploy` with the real Wrangler, against a stand-in for Cloudflare's API: its flags, its output, its order. */
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deploy } from "../../src/deploy/run-deployment.ts";
import { openWrangler } from "../../src/deploy/wrangler.ts";
import { serveCloudflareApi } from "./cloudflare-api.ts";
import { SHIPPED_CONFIG } from "./try-deployment.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "lastclick-real-deploy-"));

const keyOf = (byte: number) => Buffer.alloc(32, byte).toString("base64url");

beforeAll(() => {
  // As a fresh clone: the docs, which are built before a deployment, link to files of all folders.
  const isTracked = (path: string) => !/^\/(node_modules|\.(git|wrangler|build|dev\.vars|lastclick\..*))$/.test(path);
  cpSync(ROOT, folder, { recursive: true, filter: (path) => isTracked(path.slice(ROOT.length)) });
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test("a first deployment and an upgrade", { tags: ["deep"] }, async () => {
  await using api = await serveCloudflareApi();
  const env = {
    CLOUDFLARE_API_BASE_URL: api.url,
    CLOUDFLARE_API_TOKEN: "token",
    LASTCLICK_SETTINGS: JSON.stringify({ archive_bucket: "shop-archive" }),
    ADMIN_TOKEN: keyOf(1),
    TOKEN_KEYS: keyOf(2),
    VAULT_KEY: keyOf(3),
  };
  const wrangler = openWrangler([process.execPath, join(ROOT, "node_modules/wrangler/bin/wrangler.js")], folder);
  const calls: string[] = [];
  const said: string[] = [];
  const run = () =>
    deploy({
      root: folder,
      base: SHIPPED_CONFIG,
      env,
      run: (args, options) => {
        calls.push(args.filter((arg) => !arg.startsWith("/")).join(" "));
        const { CLOUDFLARE_API_BASE_URL, CLOUDFLARE_API_TOKEN } = env;
        return wrangler(args, { ...options, env: { ...options?.env, CLOUDFLARE_API_BASE_URL, CLOUDFLARE_API_TOKEN } });
      },
      terminal: {
        is_interactive: false,
        say: (line) => said.push(line),
        ask: () => Promise.reject(new Error("asked")),
      },
      reach: {
        fetch: async (input) =>
          Response.json(String(input).endsWith("/healthz") ? { status: "ok" } : { data: [{ id: 1 }] }),
        sleep: async () => {},
      },
      random: () => expect.fail("secrets must not be created"),
    });

  await run();
  const [database] = api.account.databases;
  expect(database?.name).toBe("lastclick");
  expect(api.account.queues.map(({ queue_name }) => queue_name).sort()).toEqual([
    "lastclick-clicks",
    "lastclick-clicks-dead",
  ]);
  expect(api.account.queues.every(({ consumers }) => consumers[0]?.script === "lastclick")).toBe(true);
  expect(api.account.buckets).toEqual(["shop-archive"]);
  const bindings = api.account.workers.get("lastclick") ?? [];
  const secrets = bindings.filter(({ type }) => type === "secret_text");
  expect(Object.fromEntries(secrets.map(({ name, text }) => [name, text]))).toEqual({
    ADMIN_TOKEN: keyOf(1),
    TOKEN_KEYS: keyOf(2),
    VAULT_KEY: keyOf(3),
  });
  expect(bindings).toContainEqual(expect.objectContaining({ type: "d1", name: "DB", id: database?.uuid }));
  expect(said.at(-1)).toContain("https://lastclick.shop.workers.dev");

  const first = calls.splice(0);
  await run();
  expect(calls.some((call) => /create (?!shop-archive)/.test(call))).toBe(false);
  expect(calls.at(-1)).toMatch(/^deploy --config/);
  expect(first.at(-1)).toMatch(/^deploy --secrets-file/);
  expect(api.account.workers.get("lastclick")).toEqual(expect.arrayContaining(secrets));
  expect(api.account.unknown).toEqual([]);
});
