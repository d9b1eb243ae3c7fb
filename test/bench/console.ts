/**
 * Measures how fast the console's pages are in a program of this size: an owner opens each kind of page repeatedly, over
 * loopback. Fails only if a page can't be opened.
 *
 *     npm run bench:console -- --clicks 10000000 --affiliates 10000 --sales 100000 --rounds 20
 *
 * --clicks      clicks in the log and in the counts, spread over the 90 days that end now
 * --affiliates  enrolled affiliates, each with a link. Some have far more clicks and sales than most
 * --sales       credited sales over the same days, each with a commission; the logs of deliveries and changes are as long
 * --rounds      times that each page is opened after a warm-up
 * --pages       measures only pages whose path contains this text
 * --folder      keeps the data in this folder, and uses it again
 *
 * Times are until the answer begins. Calls are round trips to the database. Rows are those that it read, as D1 bills them.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { FILLED, fillConsole } from "./console-fill.ts";
import { findDatabaseFile } from "./database-file.ts";
import { readCount } from "./flags.ts";
import { describeMachine, formatTable, quantile, show } from "./report.ts";
import { call, PROGRAM, setUpProgram } from "./set-up.ts";
import { ADMIN_TOKEN, type RunningWorker, startLastclick } from "./workers.ts";

const DAYS = 90;
const ENDPOINTS = ["stripe", "stripe", "standard"];
const MS_PER_DAY = 86_400_000;
/** The hourly cron sums up a hundred days at a time. At midnight, it has no daily tasks. */
const HOURLY = "7 * * * *";
const DAYS_SUMMED_RUNS = 8;
const WARM_UPS = 3;
const MAIN = "test/bench/console-worker.ts";
/** What the pages' p50 should be under. */
const TARGET_MS = 40;

const { values: flags } = parseArgs({
  options: {
    clicks: { type: "string", default: "10000000" },
    affiliates: { type: "string", default: "10000" },
    sales: { type: "string", default: "100000" },
    rounds: { type: "string", default: "20" },
    pages: { type: "string", default: "" },
    folder: { type: "string" },
  },
});
const clicks = readCount("clicks", flags.clicks, 100_000_000, 1_000);
const affiliates = readCount("affiliates", flags.affiliates, 100_000, 100);
const sales = readCount("sales", flags.sales, 1_000_000, 1_000);
const rounds = readCount("rounds", flags.rounds, 1_000);

console.log(describeMachine());
console.log(`${show(clicks)} clicks, ${show(affiliates)} affiliates, ${show(sales)} sales in ${DAYS} days`);
const folder = flags.folder ?? mkdtempSync(join(tmpdir(), "lastclick-console-"));
try {
  if (!existsSync(join(folder, "filled"))) await fill();
  await using worker = await startLastclick({ folder, main: MAIN, is_migrated: true });
  const cookie = await signIn(worker);
  const paths = (await listPaths(worker)).filter((path) => path.includes(flags.pages));
  const rows: string[][] = [];
  let over = 0;
  for (const path of paths) {
    const { text, cost } = await open(worker, path, cookie, { "bench-meter": "1" });
    const times: number[] = [];
    for (let round = -WARM_UPS; round < rounds; round++) {
      const { ms } = await open(worker, path, cookie);
      if (round >= 0) times.push(ms);
    }
    const { calls, statements, rows_read } = JSON.parse(cost ?? "{}");
    const p50 = quantile(times, 0.5);
    if (p50 !== null && p50 >= TARGET_MS) over += 1;
    const figures = [show(p50, 1), show(quantile(times, 0.95), 1), show(text.length / 1_000, 1)];
    rows.push([path, ...figures, ...[calls, statements, rows_read].map((count) => show(count))]);
  }
  console.log(formatTable([["", "p50 ms", "p95 ms", "KB", "calls", "statements", "rows read"], ...rows]));
  console.log(`\n${over} of ${rows.length} pages have a p50 of ${TARGET_MS} ms or more.`);
} finally {
  if (flags.folder === undefined) rmSync(folder, { recursive: true });
}

/** Creates the program with what the API makes, and writes everything else into the file. */
async function fill(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const startedAt = Date.now();
  const endpoints: string[] = [];
  let program_id = 0;
  {
    await using worker = await startLastclick({ folder, main: MAIN });
    await setUpProgram(worker);
    for (const source of ENDPOINTS) {
      const secret = source === "standard" ? {} : { secret: "whsec_bench_0123456789" };
      endpoints.push((await call(worker, `programs/${PROGRAM}/endpoints`, { source, ...secret })).id);
    }
    await call(worker, "users", { email: "owner@example.com", name: "Owner", role: "owner" });
    await call(worker, "keys", { name: "Key", role: "viewer" });
    const db = await worker.openDatabase();
    program_id = (await db.prepare("SELECT id FROM programs").first<number>("id")) ?? 0;
  }
  const now = Date.now();
  fillConsole(findDatabaseFile(folder), {
    program_id,
    endpoints,
    clicks,
    affiliates,
    sales,
    days: DAYS,
    now,
  });
  await using worker = await startLastclick({ folder, main: MAIN, is_migrated: true });
  for (let run = 0; run < DAYS_SUMMED_RUNS; run++) await worker.runCron(HOURLY, now - (now % MS_PER_DAY));
  writeFileSync(join(folder, "filled"), "");
  console.log(`filled in ${show((Date.now() - startedAt) / 1_000)} s\n`);
}

/** The path of each page of the console, and those of lists with filters. */
async function listPaths(worker: RunningWorker): Promise<string[]> {
  const routes = (await (await fetch(new URL("bench/routes", worker.url))).json()) as string[];
  const db = await worker.openDatabase();
  const first = async (query: string) => (await db.prepare(query).first<string>("id")) ?? "";
  const values: Record<string, string> = {
    ...{ program: PROGRAM, username: FILLED.affiliate, run: FILLED.run, slug: "link-1" },
    endpoint: await first("SELECT id FROM endpoints ORDER BY created_at LIMIT 1"),
    delivery: await first("SELECT id FROM deliveries ORDER BY id DESC LIMIT 1"),
    secret: await first("SELECT id FROM endpoint_secrets LIMIT 1"),
  };
  const ids: Record<string, string> = {
    sales: FILLED.sale,
    users: await first("SELECT id FROM users LIMIT 1"),
    keys: await first("SELECT id FROM admin_keys LIMIT 1"),
  };
  const fillIn = (path: string) =>
    path.replaceAll(/:(\w+)(\{[^}]*\})?/g, (_, name: string) => {
      const [, subject = ""] = /\/(\w+)\/:id/.exec(path) ?? [];
      return (name === "id" ? ids[subject] : values[name]) ?? name;
    });
  // Files aren't pages, the Account objects have no statements here, and the remaining ones are of what isn't there.
  const isPage = (path: string) =>
    !/sign-in|\.csv|\/files\/|:statement|:creative|coupons\/remove|notes\/remove/.test(path);
  const pages = routes.filter(isPage).map((path) => `/admin${path === "/" ? "" : fillIn(path)}`);
  const of = (page: string, ...queries: string[]) =>
    queries.map((query) => `/admin${page}?${page === "" ? `program=${PROGRAM}&` : ""}${query}`);
  const base = `/programs/${PROGRAM}`;
  return [
    ...pages,
    ...of("", "period=today", "period=90d", "affiliate=affiliate-1", "link=link-1", "country=US"),
    ...of(`${base}/affiliates`, "status=pending", "group=group-1", "q=affiliate-99", "sort=username"),
    ...of(
      `${base}/sales`,
      "type=sale",
      "credited=false",
      "affiliate=affiliate-1",
      "click_country=US",
      "payment=pay_20",
    ),
    ...of(`${base}/links`, "q=link-99", "affiliate=affiliate-1"),
    ...of(`${base}/checkouts/deliveries`, "outcome=ignored", "outcome=refused"),
    ...of("/audit", `program=${PROGRAM}`, "actor=import", "subject=affiliate-1"),
  ];
}

async function signIn(worker: RunningWorker): Promise<string> {
  const response = await fetch(new URL("admin/sign-in", worker.url), {
    method: "POST",
    redirect: "manual",
    headers: { Origin: new URL(worker.url).origin, "Content-Type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ key: ADMIN_TOKEN }).toString(),
  });
  if (response.status !== 303) throw new Error(`Signing in was answered ${response.status}.`);
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0] ?? "")
    .join("; ");
}

async function open(worker: RunningWorker, path: string, cookie: string, headers: Record<string, string> = {}) {
  const startedAt = performance.now();
  const response = await fetch(new URL(path, worker.url), {
    headers: { Cookie: cookie, ...headers },
    redirect: "manual",
  });
  const ms = performance.now() - startedAt;
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${path}: ${response.status}`);
  return { ms, text, cost: response.headers.get("bench-cost") };
}
