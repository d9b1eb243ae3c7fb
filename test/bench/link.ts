import { setTimeout as sleep } from "node:timers/promises";
import { ADMIN_TOKEN, type RunningWorker } from "./workers.ts";

/** The link's slug. */
export const SLUG = "bench";

const POLL_MS = 100;
/** The queue delivers within seconds; its first retry comes after five. */
const PATIENCE_MS = 20_000;

/** The programme of the link, or of all links. */
export const PROGRAM = "bench";

const DESTINATION = "https://shop.example/pricing";

/** Sets up a programme, an affiliate and a link, as a merchant would. */
export async function setUpLink(worker: RunningWorker): Promise<void> {
  await setUpProgram(worker);
  await setUpAffiliate(worker, "bench", [SLUG]);
}

/** Sets up the programme, with changes. */
export async function setUpProgram(worker: RunningWorker, changes: object = {}): Promise<void> {
  const terms = { preset: "kartra-classic", currency: "USD", destination_hosts: ["shop.example"] };
  await call(worker, "programs", { slug: PROGRAM, name: "Bench", ...terms, ...changes });
}

/** Sets up an affiliate of the programme with links. */
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

/** A click on the link by a person; the `Cookie` header that it leads to. */
export async function visit(worker: RunningWorker, userAgent: string): Promise<string> {
  const response = await fetch(new URL(SLUG, worker.url), {
    redirect: "manual",
    headers: { "User-Agent": userAgent },
  });
  const [cookie] = response.headers.getSetCookie();
  if (cookie === undefined) throw new Error(`A visit was answered with ${response.status} and without a cookie.`);
  return cookie.slice(0, cookie.indexOf(";"));
}

/** Waits until as many clicks with a verdict are stored as expected, or no more come; how many there are. */
export async function waitForClicks(worker: RunningWorker, verdict: string, expected: number): Promise<number> {
  let stored = -1;
  let changedAt = Date.now();
  while (stored < expected && Date.now() - changedAt < PATIENCE_MS) {
    await sleep(POLL_MS);
    const { verdicts } = await call(worker, `links/${SLUG}`);
    const now = verdicts[verdict] ?? 0;
    if (now !== stored) changedAt = Date.now();
    stored = now;
  }
  return stored;
}

/** An admin call; its JSON. Throws where it is refused. */
export async function call(worker: RunningWorker, path: string, body?: object) {
  const response = await fetch(new URL(`v1/${path}`, worker.url), {
    method: body === undefined ? "GET" : "POST",
    headers: { Authorization: `Bearer ${ADMIN_TOKEN}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`/v1/${path}: ${response.status} ${await response.text()}`);
  // biome-ignore lint/suspicious/noExplicitAny: read for one field whose absence is an error of its own.
  return (await response.json()) as any;
}
