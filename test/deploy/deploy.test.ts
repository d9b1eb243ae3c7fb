/** `npm run deploy` against a stand-in for Wrangler: first deployments, upgrades, CI, and every fault. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseWorkerConfig } from "../../src/deploy/worker-config.ts";
import { DeploymentSite, SHIPPED_CONFIG } from "./try-deployment.ts";

const ORIGIN = "https://lastclick.shop.workers.dev";
const FIRST_KEY = Buffer.alloc(32, 1).toString("base64url");
const NOT_LOGGED_IN = { accounts: [] };
const OWNER = ["owner@example.com"];

test("a first deployment creates everything in order, and prints the first sign-in link", async () => {
  using site = new DeploymentSite();
  const tried = await site.deploy({ answers: OWNER });
  expect(tried.fix).toBeNull();
  expect(tried.calls).toEqual([
    "whoami",
    "d1 list",
    "queues info lastclick-clicks-dead",
    "queues info lastclick-clicks",
    "secret list",
    "d1 create lastclick",
    "queues create lastclick-clicks-dead",
    "queues create lastclick-clicks",
    "d1 migrations apply DB",
    "deploy",
  ]);
  expect(tried.requests).toEqual([
    `GET ${ORIGIN}/healthz`,
    `GET ${ORIGIN}/v1/users`,
    `POST ${ORIGIN}/v1/users`,
    `POST ${ORIGIN}/v1/users/1/sign-in-link`,
  ]);
  expect(tried.text).toContain(`${ORIGIN}/admin/sign-in#one-time`);
  expect(tried.text).toContain("password manager");
  const { workers, databases } = site.account;
  expect(workers.lastclick?.secrets).toEqual({
    ADMIN_TOKEN: FIRST_KEY,
    TOKEN_KEYS: Buffer.alloc(32, 2).toString("base64url"),
    VAULT_KEY: Buffer.alloc(32, 3).toString("base64url"),
  });
  expect(workers.lastclick?.config).toMatchObject({
    account_id: "acc1",
    d1_databases: [{ database_id: databases[0]?.uuid, migrations_dir: "migrations" }],
  });
  expect(databases[0]?.migrations).toBeGreaterThan(0);
});

test("the secrets are in a file for its owner only, and on no line of the output", async () => {
  using site = new DeploymentSite();
  const { text } = await site.deploy({ answers: OWNER });
  expect(site.read(".lastclick.secrets")).toContain(`ADMIN_TOKEN=${FIRST_KEY}`);
  expect(statSync(join(site.folder, ".lastclick.secrets")).mode & 0o777).toBe(0o600);
  for (const secret of Object.values(site.account.workers.lastclick?.secrets ?? {})) expect(text).not.toContain(secret);
});

test("the same command upgrades: it migrates, deploys, and replaces no secret", async () => {
  using site = new DeploymentSite();
  await site.deploy({ answers: OWNER });
  const before = structuredClone(site.account.workers.lastclick?.secrets);
  const tried = await site.deploy();
  expect(tried.fix).toBeNull();
  expect(tried.calls).toEqual([
    "queues info lastclick-clicks-dead",
    "queues info lastclick-clicks",
    "secret list",
    "d1 migrations apply DB",
    "deploy",
  ]);
  expect(tried.requests).toEqual([`GET ${ORIGIN}/healthz`, `GET ${ORIGIN}/v1/users`]);
  expect(site.account.workers.lastclick).toMatchObject({ secrets: before, deployments: 2 });
});

test("an upgrade without the secrets file needs no secret and replaces none, also where one was rotated", async () => {
  using site = new DeploymentSite();
  await site.deploy({ answers: OWNER });
  const lastclick = site.account.workers.lastclick ?? expect.fail("there is no Worker");
  const rotated = { ...lastclick.secrets, TOKEN_KEYS: "rotated" };
  lastclick.secrets = rotated;
  await site.deploy();
  expect(site.account.workers.lastclick?.secrets).toEqual(rotated);
  site.write(".lastclick.secrets", "");
  const tried = await site.deploy();
  expect(tried.fix).toBeNull();
  expect(site.account.workers.lastclick).toMatchObject({ secrets: rotated, deployments: 3 });
});

test("a new clone finds the database by its name", async () => {
  using site = new DeploymentSite();
  await site.deploy({ answers: OWNER });
  using clone = new DeploymentSite(site.account);
  expect((await clone.deploy()).fix).toBeNull();
  expect(clone.account.databases).toHaveLength(1);
  expect(clone.read(".lastclick.json")).toContain(site.account.databases[0]?.uuid);
});

test.each(["queues create lastclick-clicks", "d1 migrations apply", "deploy"])(
  "a first deployment that was interrupted at %s continues with the same secrets",
  async (command) => {
    using site = new DeploymentSite({ failures: { [command]: "fetch failed" } });
    const stopped = await site.deploy({ answers: OWNER });
    expect(stopped.fix).toContain("run `npm run deploy` again");
    expect(stopped.calls.at(-1)).toMatch(new RegExp(`^${command}`));
    expect(site.account.workers).toEqual({});
    site.account.failures = {};
    expect((await site.deploy({ answers: OWNER })).fix).toBeNull();
    expect(site.account.databases).toHaveLength(1);
    expect(site.account.workers.lastclick?.secrets.ADMIN_TOKEN).toBe(FIRST_KEY);
  },
);

test("a database without its Worker's secrets gets no new ones, which couldn't read its data", async () => {
  using site = new DeploymentSite({ databases: [{ uuid: "u1", name: "lastclick", migrations: 3 }] });
  const tried = await site.deploy();
  expect(tried.text).toContain("has no ADMIN_TOKEN, TOKEN_KEYS, VAULT_KEY");
  expect(tried.fix).toContain(".lastclick.secrets");
  expect(site.account).toMatchObject({ queues: [], workers: {} });
  site.write(".lastclick.secrets", `ADMIN_TOKEN=${FIRST_KEY}\nTOKEN_KEYS=${FIRST_KEY}\nVAULT_KEY=${FIRST_KEY}\n`);
  expect((await site.deploy({ answers: OWNER })).fix).toBeNull();
  expect(site.account.workers.lastclick?.secrets.VAULT_KEY).toBe(FIRST_KEY);
});

test("an invalid secret is refused before anything is created", async () => {
  using site = new DeploymentSite();
  const tried = await site.deploy({ env: { VAULT_KEY: "too-short-to-be-a-key" } });
  expect(tried.text).toContain("VAULT_KEY must be 32 bytes in base64url");
  expect(tried.text).not.toContain("too-short-to-be-a-key");
  expect(site.account.databases).toEqual([]);
});

test("several accounts: a person chooses once, and CI is told what to set", async () => {
  const accounts = ["acc1", "acc2"].map((id) => ({ id, name: `Shop ${id}` }));
  using site = new DeploymentSite({ accounts });
  const inCi = await site.deploy({ answers: null });
  expect(inCi.text).toContain("Shop acc2 (acc2)");
  expect(inCi.fix).toContain("CLOUDFLARE_ACCOUNT_ID");
  const tried = await site.deploy({ answers: ["9", "2", ...OWNER] });
  expect(tried.fix).toBeNull();
  expect(site.account.workers.lastclick?.config).toMatchObject({ account_id: "acc2" });
  expect((await site.deploy()).calls).not.toContain("whoami");
});

test.each([
  ["not logged in", NOT_LOGGED_IN, "npx wrangler login"],
  [
    "no permission",
    {
      failures: {
        "d1 list":
          "A request to the Cloudflare API (/accounts/acc1/d1/database) failed.\n\n  Authentication error [code: 10000]",
      },
    },
    "may edit Workers scripts, D1, Queues",
  ],
  [
    "the database limit",
    { failures: { "d1 create": "You have reached the maximum number of D1 databases for your account." } },
    "Delete a database that you don't need",
  ],
  [
    "the queue limit",
    {
      failures: {
        "queues create":
          "A request to the Cloudflare API (/accounts/acc1/queues) failed.\n\n  You have reached the maximum number of queues for your plan. [code: 11010]",
      },
    },
    "Delete a queue that you don't need",
  ],
  [
    "a failing migration",
    {
      failures: {
        "d1 migrations apply":
          "Migration 0007_groups.sql failed with the following errors:\nno such column: x: SQLITE_ERROR [code: 7500]",
      },
    },
    "the Worker that runs is unchanged",
  ],
  [
    "no workers.dev subdomain",
    {
      failures: {
        deploy:
          "You can either deploy your worker to one or more routes by specifying them in your .lastclick.wrangler.json file, or register a workers.dev subdomain here:\nhttps://dash.cloudflare.com/acc1/workers/onboarding",
      },
    },
    "Register a workers.dev subdomain",
  ],
  ["an API that fails", { failures: { "secret list": "fetch failed" } }, "Wait a minute"],
] as const)("%s: it stops there and says what to do", async (_, account, fix) => {
  using site = new DeploymentSite(structuredClone(account) as Partial<DeploymentSite["account"]>);
  const tried = await site.deploy({ answers: OWNER });
  expect(tried.fix).toContain(fix);
  const [failure] = Object.values("failures" in account ? account.failures : {});
  expect(tried.text).toContain(failure?.split("\n").at(-1)?.trim() ?? "login");
  expect(tried.problem).not.toContain("Logs were written");
  expect(site.account.workers).toEqual({});
});

test("a database_id that doesn't exist is named", async () => {
  using site = new DeploymentSite();
  await site.deploy({ answers: OWNER });
  site.write(".lastclick.json", JSON.stringify({ account_id: "acc1", database_id: "gone" }));
  const tried = await site.deploy();
  expect(tried.fix).toContain("Correct `database_id` in .lastclick.json");
  expect(site.account.workers.lastclick?.deployments).toBe(1);
});

test("a Worker that isn't healthy is reported with its answer; one that needs a moment is waited for", async () => {
  using site = new DeploymentSite();
  site.health = [
    () => Response.json({ status: "failing", checks: { settings: "MAIL_FROM must be an address" } }, { status: 503 }),
  ];
  const failing = await site.deploy({ answers: OWNER });
  expect(failing.text).toContain("MAIL_FROM must be an address");
  expect(failing.fix).toContain("npx wrangler rollback");
  expect(site.users).toEqual([]);
  site.health = [
    () => {
      throw new TypeError("getaddrinfo ENOTFOUND");
    },
    () => new Response("not yet", { status: 404 }),
    () => Response.json({ status: "ok" }),
  ];
  const tried = await site.deploy({ answers: OWNER });
  expect(tried.fix).toBeNull();
  expect(tried.requests.filter((request) => request.endsWith("/healthz"))).toHaveLength(3);
});

test("a known admin token that isn't the Worker's is named", async () => {
  using site = new DeploymentSite();
  await site.deploy({ answers: OWNER });
  const tried = await site.deploy({ env: { ADMIN_TOKEN: "another-token-0123456789" } });
  expect(tried.fix).toContain("The ADMIN_TOKEN known here isn't the Worker's");
});

test("in CI nothing is created that would have to be kept, and nothing is asked", async () => {
  using site = new DeploymentSite();
  const refused = await site.deploy({ answers: null });
  expect(refused.fix).toContain("Run `npm run deploy` once on your own computer");
  expect(site.account).toMatchObject({ databases: [], queues: [], workers: {} });
  expect(site.read(".lastclick.secrets")).toBeNull();
});

test("CI upgrades what a person has deployed, and prints no secret and no sign-in link", async () => {
  using site = new DeploymentSite();
  await site.deploy({ answers: OWNER });
  const { secrets } = site.account.workers.lastclick ?? expect.fail("there is no Worker");
  using clone = new DeploymentSite(site.account);
  const env = {
    CLOUDFLARE_ACCOUNT_ID: "acc1",
    LASTCLICK_OWNER_EMAIL: "ci@example.com",
    ADMIN_TOKEN: secrets.ADMIN_TOKEN ?? "",
  };
  const tried = await clone.deploy({ answers: null, env });
  expect(tried.fix).toBeNull();
  expect(tried.calls).not.toContain("whoami");
  expect(clone.users).toEqual(["ci@example.com"]);
  for (const hidden of [...Object.values(secrets), "one-time"]) expect(tried.text).not.toContain(hidden);
  expect(clone.account.workers.lastclick?.secrets).toEqual(secrets);
});

test("CI deploys for the first time with secrets from its environment", async () => {
  using site = new DeploymentSite();
  const env = { ADMIN_TOKEN: FIRST_KEY, TOKEN_KEYS: FIRST_KEY, VAULT_KEY: FIRST_KEY };
  const tried = await site.deploy({ answers: null, env });
  expect(tried.fix).toBeNull();
  expect(tried.text).not.toContain(FIRST_KEY);
  expect(site.account.workers.lastclick?.secrets).toEqual(env);
  expect(site.read(".lastclick.secrets")).toBeNull();
});

test("behind a Deploy button, the names and ids that Cloudflare wrote into wrangler.toml are used", async () => {
  const base = parseWorkerConfig({
    ...SHIPPED_CONFIG,
    name: "my-affiliates",
    d1_databases: [{ binding: "DB", database_name: "my-db", database_id: "u1", migrations_dir: "migrations" }],
  });
  const secrets = { ADMIN_TOKEN: FIRST_KEY, TOKEN_KEYS: FIRST_KEY, VAULT_KEY: FIRST_KEY };
  using site = new DeploymentSite({
    databases: [{ uuid: "u1", name: "my-db", migrations: 0 }],
    queues: ["lastclick-clicks", "lastclick-clicks-dead"],
    // Cloudflare creates the Worker with its secrets before the first build.
    workers: { "my-affiliates": { secrets, deployments: 0, config: {} } },
  });
  const env = { CI: "true", WORKERS_CI: "1", CLOUDFLARE_ACCOUNT_ID: "acc1" };
  const tried = await site.deploy({ answers: null, env, base });
  expect(tried.fix).toBeNull();
  expect(tried.calls).toEqual([
    "queues info lastclick-clicks-dead",
    "queues info lastclick-clicks",
    "secret list",
    "d1 migrations apply DB",
    "deploy",
  ]);
  expect(site.account.databases[0]?.migrations).toBeGreaterThan(0);
  expect(site.account.workers["my-affiliates"]).toMatchObject({ secrets, deployments: 1 });
});

test("domain, email and archive are set without editing a tracked file", async () => {
  using site = new DeploymentSite();
  site.write(
    ".lastclick.json",
    JSON.stringify({
      domains: ["go.example.com", "links.example.com"],
      mail_from: "portal@example.com",
      archive_bucket: "shop-archive",
      vars: { CLICK_RETENTION_DAYS: "30" },
    }),
  );
  const tried = await site.deploy({ answers: OWNER });
  expect(tried.fix).toBeNull();
  expect(tried.requests[0]).toBe("GET https://go.example.com/healthz");
  expect(site.account.buckets).toEqual(["shop-archive"]);
  expect(site.account.workers.lastclick?.config).toMatchObject({
    routes: [
      { pattern: "go.example.com", custom_domain: true },
      { pattern: "links.example.com", custom_domain: true },
    ],
    workers_dev: false,
    vars: { CLICK_RETENTION_DAYS: "30", MAIL_FROM: "portal@example.com", PORTAL_ORIGIN: "https://go.example.com" },
    send_email: [{ name: "EMAIL", allowed_sender_addresses: ["portal@example.com"] }],
    r2_buckets: [{ binding: "ARCHIVE", bucket_name: "shop-archive" }],
  });
  // The bucket exists the next time.
  expect((await site.deploy()).fix).toBeNull();
});

test("invalid settings are refused with all faults", async () => {
  using site = new DeploymentSite();
  site.write(".lastclick.json", JSON.stringify({ domain: "go.example.com", mail_from: "nobody", name: 1 }));
  const tried = await site.deploy();
  expect(tried.text).toContain("domain is not a setting. Settings are: account_id,");
  expect(tried.text).toContain("mail_from must be an email address.");
  expect(tried.text).toContain("name has the wrong type.");
  expect(tried.calls).toEqual([]);
});

test("CI reads the settings from a variable", async () => {
  using site = new DeploymentSite();
  const secrets = { ADMIN_TOKEN: FIRST_KEY, TOKEN_KEYS: FIRST_KEY, VAULT_KEY: FIRST_KEY };
  const env = { ...secrets, LASTCLICK_SETTINGS: JSON.stringify({ name: "brand-two" }) };
  expect((await site.deploy({ answers: null, env })).fix).toBeNull();
  expect(site.account.queues).toEqual(["brand-two-clicks-dead", "brand-two-clicks"]);
  expect(site.account.databases.map(({ name }) => name)).toEqual(["brand-two"]);
  expect(site.read(".lastclick.json")).toBeNull();
});
