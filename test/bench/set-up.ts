import { setTimeout as sleep } from "node:timers/promises";
import { ADMIN_TOKEN, type RunningWorker } from "./workers.ts";

/** The link's slug. */
export const SLUG = "bench";

const POLL_MS = 100;
/** Longer than the queue takes: it delivers within seconds and retries after five. */
const TIMEOUT_MS = 20_000;

/** The slug of the program. */
export const PROGRAM = "measured";

const DESTINATION = "https://shop.example/pricing";

/** Creates a program, an affiliate and a link through the API. */
export async function setUpLink(worker: RunningWorker): Promise<void> {
  await setUpProgram(worker);
  await setUpAffiliate(worker, "bench", [SLUG]);
}

/** Creates the program. `changes` replace its default fields. */
export async function setUpProgram(worker: RunningWorker, changes: object = {}): Promise<void> {
  const terms = { preset: "kartra-classic", currency: "USD", destination_hosts: ["shop.example"] };
  await call(worker, "programs", { slug: PROGRAM, name: "Measured", ...terms, ...changes });
}

/** Creates an affiliate of the program, with links. */
export async function setUpAffiliate(
  worker: RunningWorker,
  affiliate: string,
  slugs: readonly string[],
): Promise<void> {
  await call(worker, "affiliates", { username: affiliate, name: affiliate, email: `${affiliate}@example.com` });
  await call(worker, `programs/${PROGRAM}/enrollments`, { affiliate });
  for (const slug of slugs) {
    await call(worker, "links", { program: PROGRAM, affiliate, slug, destination: DESTINATION });
  }
}

/** Clicks the link as a person. Returns the `Cookie` header for the next visit. */
export async function visit(worker: RunningWorker, userAgent: string): Promise<string> {
  const response = await fetch(new URL(SLUG, worker.url), {
    redirect: "manual",
    headers: { "User-Agent": userAgent },
  });
  const [cookie] = response.headers.getSetCookie();
  if (cookie === undefined) throw new Error(`A visit was answered ${response.status} without a cookie.`);
  return cookie.slice(0, cookie.indexOf(";"));
}

/** Waits until `expected` clicks with these verdicts are stored, or their number stops growing. Returns the number stored. */
export async function waitForClicks(
  worker: RunningWorker,
  counted: readonly string[],
  expected: number,
): Promise<number> {
  let stored = -1;
  let changedAt = Date.now();
  while (stored < expected && Date.now() - changedAt < TIMEOUT_MS) {
    await sleep(POLL_MS);
    const { verdicts } = await call(worker, `links/${SLUG}`);
    const now = counted.reduce((sum, verdict) => sum + (verdicts[verdict] ?? 0), 0);
    if (now !== stored) changedAt = Date.now();
    stored = now;
  }
  return stored;
}

/** Calls the API and returns its JSON. Throws if the call fails. */
export async function call(worker: RunningWorker, path: string, body?: object) {
  const response = await fetch(new URL(`v1/${path}`, worker.url), {
    method: body === undefined ? "GET" : "POST",
    headers: { Authorization: `Bearer ${ADMIN_TOKEN}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`/v1/${path}: ${response.status} ${await response.text()}`);
  // biome-ignore lint/suspicious/noExplicitAny: callers read one field, and fail if it is missing.
  return (await response.json()) as any;
}
