/** A test of the code base itself: who imports whom, what the pure parts may not touch, files that nobody uses. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, normalize, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const sources = globSync("src/**/*.{ts,tsx}", { cwd: root }).sort();
const tests = globSync("test/**/*.{ts,tsx}", { cwd: root }).sort();

/** The flow, upstream first. A folder imports only from what stands before it, and there only what {@link HANDED_ON} lists. */
const FLOW = [
  "redirect",
  "clicks",
  "webhooks",
  "customers",
  "commissions",
  "payouts",
  "reports",
  "notifications",
  "portal",
  "admin",
];

/** Imported by any folder: what stands beside the flow. */
const BESIDE = ["db", "programs"];

/** The modules that a folder hands on: its nouns, and what reads them. */
const HANDED_ON = new Set([
  "src/redirect/click.ts",
  "src/redirect/click-token.ts",
  "src/redirect/cookie.ts",
  "src/redirect/self-token.ts",
  "src/redirect/signed-text.ts",
  "src/redirect/choose-destination.ts",
  "src/redirect/destination.ts",
  "src/redirect/location.ts",
  "src/redirect/create-link.ts",
  "src/redirect/sub-ids.ts",
  "src/clicks/click-details.ts",
  "src/clicks/compare-counts.ts",
  "src/webhooks/conversion-event.ts",
  "src/customers/conversion.ts",
  "src/customers/changes.ts",
  "src/customers/explain.ts",
  "src/customers/explain-loss.ts",
  "src/customers/coupon-code.ts",
  "src/customers/dispute.ts",
  "src/commissions/ledger.ts",
  "src/commissions/chain.ts",
  "src/commissions/balances.ts",
  "src/commissions/judge-tier.ts",
  "src/commissions/explain-entry.ts",
  "src/commissions/preview.ts",
  "src/payouts/run.ts",
  "src/payouts/statement.ts",
  "src/payouts/explain-block.ts",
  "src/payouts/check-statements.ts",
  "src/payouts/load-payee.ts",
  "src/payouts/next-payout.ts",
  "src/payouts/load-months-run.ts",
  "src/payouts/standing.ts",
]);

/** Payouts are commands to the account; pages ask the reports; the merchants' API sets up what the other folders work with. */
const MAY_IMPORT_ALL_OF: Record<string, string[]> = {
  payouts: ["commissions"],
  portal: ["reports", "payouts", "notifications"],
  admin: ["reports", "portal", "payouts", "redirect", "clicks", "webhooks"],
};

/** Where the platform is touched: routes, consumers, objects, stores, pages and the wiring. Everything else is pure. */
const SHELLS = [
  /^src\/(index|worker|health|vault|env|answer-problem|within)\.ts$/,
  /^src\/db\//,
  /^src\/admin\//,
  /^src\/reports\//,
  /^src\/portal\/([a-z-]+-routes|routes|script|with-program|page-tools|mail-link|own-data|statement-document|sign-in|session|own-browser|own-visitors|pages\/.*|layout)\.tsx?$/,
  /^src\/redirect\/(redirect|load-link|create-link|link-cache|shared-links|follow|pages)\.ts$/,
  /^src\/clicks\/(pack|record|consume|consume-dead|dead)-clicks\.ts$/,
  /^src\/clicks\/store-messages\.ts$/,
  /^src\/clicks\/(retain-clicks|archive-clicks|read-archive|forget-texts|check-counts|keep-check)\.ts$/,
  /^src\/webhooks\/(routes|tools|receive|read-body|take-delivery|retake|load-endpoint|deliveries|place-event|merge-customers|due-deliveries)\.ts$/,
  /^src\/customers\/(customer|store|touch-store|look-up|apply-fact)\.ts$/,
  /^src\/programs\/load-terms\.ts$/,
  /^src\/payouts\/(payees|load-payee|load-months-run|load-payments|paying-account|statement-store|runs|work-run)\.ts$/,
  /^src\/commissions\/(account|account-store|look-up)\.ts$/,
  /^src\/notifications\/(send-letters|store|waiting)\.ts$/,
];
const isShell = (file: string) => SHELLS.some((pattern) => pattern.test(file));
const pureFiles = sources.filter((file) => !isShell(file));

const PLATFORM = /^(hono|drizzle-orm|cloudflare:)/;
const BANNED_IN_PURE_PARTS: [RegExp, string][] = [
  [/\bDate\.now\b|\bnew Date\(\)|\bperformance\./, "a clock"],
  [/\bMath\.random\b|\bcrypto\.(getRandomValues|randomUUID)\b/, "randomness"],
  [/\bfetch\(|\bsetTimeout\b|\bconsole\./, "I/O"],
  [/^(?![\s\S]*extends Error)[\s\S]*\bthis\./, "this"],
];

const MAX_LINES = 350;

function importsOf(file: string): string[] {
  const text = read(file);
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1] ?? "");
}

function localImportsOf(file: string): string[] {
  return importsOf(file)
    .filter((name) => name.startsWith("."))
    .map((name) => normalize(join(dirname(file), name)));
}

const folderOf = (file: string) => /^src\/([^/]+)\//.exec(file)?.[1] ?? null;
const withoutComments = (text: string) => text.replaceAll(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, "");

/** Why `file` may not import `target`, null if it may. */
function refuseImport(file: string, target: string): string | null {
  const [from, to] = [folderOf(file), folderOf(target)];
  if (from === null || to === null || from === to || BESIDE.includes(to)) return null;
  if (BESIDE.includes(from)) {
    return HANDED_ON.has(target) ? null : `${from} stands beside the flow and knows no more of it than its nouns`;
  }
  if (FLOW.indexOf(to) > FLOW.indexOf(from))
    return `${to} is downstream of ${from}: go through a binding or the wiring`;
  if (MAY_IMPORT_ALL_OF[from]?.includes(to) || HANDED_ON.has(target)) return null;
  return `${target} is not one of the nouns that ${to} hands on`;
}

function reachableFrom(entries: readonly string[]): Set<string> {
  const seen = new Set<string>();
  const queue = [...entries];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file) || !existsSync(join(root, file))) continue;
    seen.add(file);
    queue.push(...localImportsOf(file));
  }
  return seen;
}

test("the rules are looked at with real files", () => {
  expect(sources.length).toBeGreaterThan(30);
  expect(pureFiles.length).toBeGreaterThan(15);
});

test("every folder of src has its place", () => {
  const folders = new Set(sources.map(folderOf).filter((folder) => folder !== null));
  expect([...folders].filter((folder) => !FLOW.includes(folder) && !BESIDE.includes(folder))).toEqual([]);
});

test("data moves downstream only", () => {
  const refusals = sources.flatMap((file) =>
    localImportsOf(file).flatMap((target) => {
      const refusal = refuseImport(file, target);
      return refusal === null ? [] : [`${file} → ${target}: ${refusal}`];
    }),
  );
  expect(refusals).toEqual([]);
});

test("the rule itself refuses what it should", () => {
  expect(refuseImport("src/redirect/judge.ts", "src/clicks/record-clicks.ts")).toContain("downstream");
  expect(refuseImport("src/customers/fold.ts", "src/commissions/ledger.ts")).toContain("downstream");
  expect(refuseImport("src/commissions/ledger.ts", "src/customers/fold.ts")).toContain("not one of the nouns");
  expect(refuseImport("src/commissions/ledger.ts", "src/customers/conversion.ts")).toBeNull();
});

test("the pure parts import nothing of the platform", () => {
  const offences = pureFiles.flatMap((file) =>
    importsOf(file)
      .filter((name) => PLATFORM.test(name))
      .map((name) => `${file} imports ${name}`),
  );
  expect(offences).toEqual([]);
});

test("the pure parts touch no clock, randomness, I/O or state", () => {
  const offences = pureFiles.flatMap((file) =>
    BANNED_IN_PURE_PARTS.filter(([pattern]) => pattern.test(withoutComments(read(file)))).map(
      ([, what]) => `${file} uses ${what}`,
    ),
  );
  expect(offences).toEqual([]);
});

test("the pure parts import shells for their types only", () => {
  const offences = pureFiles.flatMap((file) =>
    [...read(file).matchAll(/^import (?!type )[^;]*from "(\.[^"]+)"/gm)]
      .map((match) => normalize(join(dirname(file), match[1] ?? "")))
      .filter(isShell)
      .map((target) => `${file} imports ${target}`),
  );
  expect(offences).toEqual([]);
});

test("every file of src is part of the Worker", () => {
  const used = reachableFrom(["src/index.ts"]);
  expect(sources.filter((file) => !used.has(file))).toEqual([]);
});

test("every file of test is a test, part of one, or started by a script", () => {
  const scripts = Object.values<string>(JSON.parse(read("package.json")).scripts).join(" ");
  const started = tests.filter((file) => scripts.includes(file) || read(".ci/run").includes(file));
  const entries = tests.filter((file) => /\.test\.tsx?$/.test(file));
  const configured = ["test/support/setup.ts", "test/support/env.d.ts", "test/support/modules.d.ts"];
  const named = tests.filter((file) => tests.some((other) => other !== file && read(other).includes(`"${file}"`)));
  const used = reachableFrom([...entries, ...started, ...configured, ...named]);
  expect(tests.filter((file) => !used.has(file))).toEqual([]);
});

test("every file that a script names is there", () => {
  const scripts = Object.values<string>(JSON.parse(read("package.json")).scripts).join(" ");
  const named = scripts.match(/\btest\/\S+\.ts\b/g) ?? [];
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

test("no file is longer than a subject", () => {
  const long = [...sources, ...tests].filter((file) => read(file).split("\n").length > MAX_LINES);
  expect(long).toEqual([]);
});

test("the top level holds what a stranger expects", () => {
  const allowed =
    /^(package(-lock)?\.json|tsconfig\.json|wrangler\.toml|src|migrations|test|README\.md|LICENSE|node_modules|\..*)$/;
  expect(globSync("*", { cwd: root }).filter((name) => !allowed.test(name))).toEqual([]);
});

test("no log line is written of a visitor's request", () => {
  expect(read("wrangler.toml")).toMatch(/^\[observability\.logs\]\nenabled = true\ninvocation_logs = false$/m);
});

test("every table is described", () => {
  const declared = sources.filter((file) => file.startsWith("src/db/")).map(read);
  const tables = [...declared.join("\n").matchAll(/sqliteTable\(\s*"(\w+)"/g)].map(([, name]) => name);
  expect(tables.length).toBeGreaterThan(15);
  expect(
    tables.filter(
      (name) =>
        !read("migrations/README.md").includes(`| \`${name}\``) &&
        !read("migrations/README.md").includes(`, \`${name}\` |`),
    ),
  ).toEqual([]);
});

test("migrations have spoken names and are numbered without a gap", () => {
  const names = globSync("migrations/*.sql", { cwd: root }).sort();
  names.forEach((name, index) => {
    expect(name).toMatch(new RegExp(`^migrations/${String(index + 1).padStart(4, "0")}_[a-z0-9_]+\\.sql$`));
  });
  const sql = names.map((name) => read(name).replaceAll(/--.*$/gm, "")).join("\n");
  expect(sql).not.toMatch(/on delete cascade/i);
  // A table that others refer to is never dropped: its references would go, or dangle.
  const dropped = [...sql.matchAll(/drop table (?:if exists )?(\w+)/gi)].map(([, name]) => name);
  expect(dropped.filter((name) => new RegExp(`references ${name}\\b`, "i").test(sql))).toEqual([]);
});
