/**
 * Measures how fast the portal's pages are: an affiliate with 50 links and their share of the clicks opens each page
 * repeatedly, over loopback. Fails only if a page can't be opened.
 *
 *     npm run bench:portal -- --clicks 10000000 --links 1000 --sales 2000 --repeats 30
 *
 * --clicks   clicks in the log and in the counts, spread over the 90 days that end today
 * --links    links of one program, 50 of them the affiliate's
 * --sales    sales of the affiliate. The other affiliates have twenty times as many
 * --repeats  times that each page is opened after a warm-up. The first time, with nothing warm, is shown separately
 *
 * CPU is that of the whole runtime including its database. Unlike time, it does not depend on what else the machine does.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { readCount } from "./flags.ts";
import { fillClicks, fillSales } from "./portal-fill.ts";
import { describeMachine, formatTable, quantile, show } from "./report.ts";
import { call, setUpAffiliate, setUpProgram } from "./set-up.ts";
import { type RunningWorker, startLastclick } from "./workers.ts";

const OWN_LINKS = 50;
const DAYS = 90;
const READER = "many";
const OTHERS = "others";
/** How many times as many sales the other affiliates have. */
const OTHER_SALES_FACTOR = 20;
const WARM_UPS = 20;

const { values: flags } = parseArgs({
  options: {
    clicks: { type: "string", default: "10000000" },
    links: { type: "string", default: "1000" },
    sales: { type: "string", default: "2000" },
    repeats: { type: "string", default: "30" },
  },
});
const clicks = readCount("clicks", flags.clicks, 100_000_000, 100_000);
const links = readCount("links", flags.links, 10_000, OWN_LINKS);
const sales = readCount("sales", flags.sales, 100_000);
const repeats = readCount("repeats", flags.repeats, 1_000, 2);

console.log(describeMachine());
console.log(
  `${show(clicks)} clicks on ${show(links)} links, ${OWN_LINKS} of them the affiliate's; ${show(sales)} sales`,
);
const folder = mkdtempSync(join(tmpdir(), "lastclick-portal-"));
try {
  await using worker = await startLastclick({ folder });
  await setUpProgram(worker);
  const slugs = Array.from({ length: links }, (_, place) => `link-${place + 1}`);
  await setUpAffiliate(worker, READER, slugs.slice(0, OWN_LINKS));
  await setUpAffiliate(worker, OTHERS, slugs.slice(OWN_LINKS));
  const db = await worker.openDatabase();
  const fill = { clicks, days: DAYS, sales, now: Date.now() };
  await fillClicks(db, fill);
  await fillSales(db, READER, fill);
  await fillSales(db, OTHERS, { ...fill, sales: sales * OTHER_SALES_FACTOR });
  console.log(`${show(await db.prepare("SELECT count(*) AS n FROM clicks").first<number>("n"))} clicks in the log\n`);
  const link = await db.prepare("SELECT id FROM links ORDER BY id LIMIT 1").first<number>("id");
  const paths = [
    ...[
      "/app",
      "/app?period=90d",
      "/app/links",
      `/app/links/${link}`,
      "/app/conversions",
      `/app/conversions/cv_${READER}_0`,
    ],
    ...["/app/reports", "/app/reports?by=referrer", "/app/reports?by=product", "/app/referred", "/app/payouts"],
    ...["/app/program", "/app/account"],
  ];
  const cookie = await signIn(worker);
  const rows: string[][] = [];
  const opened = new Map<string, Opened>();
  for (let time = 0; time < WARM_UPS; time++) {
    for (const path of paths) {
      const page = await open(worker, path, cookie);
      if (time === 0) opened.set(path, page);
    }
  }
  for (const [path, { ms: first, text }] of opened) {
    const cpu_before = worker.readCpuSeconds();
    const times: number[] = [];
    for (let repeat = 0; repeat < repeats; repeat++) times.push((await open(worker, path, cookie)).ms);
    const cpu_after = worker.readCpuSeconds();
    const cpu_ms = cpu_before === null || cpu_after === null ? null : ((cpu_after - cpu_before) * 1_000) / repeats;
    const figures = [first, quantile(times, 0.5), quantile(times, 0.95), cpu_ms, gzipSync(text).length / 1_000];
    rows.push([path, ...figures.map((figure) => show(figure, 1))]);
  }
  console.log(formatTable([["", "first ms", "p50 ms", "p95 ms", "CPU ms", "KB gzipped"], ...rows]));
} finally {
  rmSync(folder, { recursive: true });
}

/** Signs in as the button on a sign-in link's page does. Returns the session's cookie. */
async function signIn(worker: RunningWorker): Promise<string> {
  const { url } = await call(worker, `affiliates/${READER}/sign-in-link`, {});
  const response = await fetch(new URL("app/sign-in", worker.url), {
    method: "POST",
    redirect: "manual",
    headers: { Origin: new URL(worker.url).origin, "Content-Type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ token: new URL(url).searchParams.get("token") ?? "" }).toString(),
  });
  if (response.status !== 303) throw new Error(`Signing in was answered ${response.status}.`);
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0] ?? "")
    .join("; ");
}

/** A page, and the time until its answer began, ms. */
interface Opened {
  ms: number;
  text: string;
}

async function open(worker: RunningWorker, path: string, cookie: string): Promise<Opened> {
  const startedAt = performance.now();
  const response = await fetch(new URL(path, worker.url), { headers: { Cookie: cookie }, redirect: "manual" });
  const ms = performance.now() - startedAt;
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${path}: ${response.status}`);
  return { ms, text };
}
