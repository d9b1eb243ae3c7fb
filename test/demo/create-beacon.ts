/** Creates the affiliates of the demo's third program, and afterwards what its console shows: a dispute and a payout run. */
import { BEACON, BEACON_AFFILIATES, beaconLinkOf, DISPUTED } from "./beacon.ts";
import type { DemoApi } from "./demo-api.ts";

const POLL_MS = 250;
const POLLS_MAX = 40;

/** Creates something with the API unless it exists. Null if it does. */
export type Create = (path: string, body: unknown, key?: string) => Promise<Record<string, unknown> | null>;

/** Creates the affiliates with their enrollments and links. */
export async function createBeaconAffiliates(api: DemoApi, create: Create): Promise<void> {
  for (const affiliate of BEACON_AFFILIATES) {
    const { username, name, status, has_paypal } = affiliate;
    const email = `${username}@example.com`;
    const created = await create("/v1/affiliates", { username, name, email });
    if (created !== null && has_paypal) {
      await expectDone(api.call("PUT", `/v1/affiliates/${username}/payee`, { method: "paypal", email }));
    }
    // A suspended affiliate made sales before.
    const first = status === "pending" ? "pending" : "approved";
    await create(`/v1/programs/${BEACON.slug}/enrollments`, { affiliate: username, status: first });
    if (status === "pending") continue;
    const link = { program: BEACON.slug, affiliate: username, slug: beaconLinkOf(affiliate) };
    await create("/v1/links", { ...link, destination: "https://beacon.example/pricing" });
  }
}

/** Once all sales are in: suspends an affiliate, disputes a sale, and drafts a run. The same again changes nothing. */
export async function prepareConsole(api: DemoApi): Promise<null> {
  const program = `/v1/programs/${BEACON.slug}`;
  for (const { username } of BEACON_AFFILIATES.filter(({ status }) => status === "suspended")) {
    await expectDone(api.call("PATCH", `${program}/enrollments/${username}`, { status: "suspended" }));
  }
  const sales = `/v1/conversions?program=${BEACON.slug}&payment=${DISPUTED.payment}`;
  const [sale] = (await api.read<{ data: { id: string }[] }>(sales)).data;
  if (sale === undefined) throw new Error(`The demo has no sale ${DISPUTED.payment} yet.`);
  const { affiliate, reason } = DISPUTED;
  const dispute = api.call("POST", `/v1/conversions/${sale.id}/disputes`, { affiliate, reason }, keyOf("dispute"));
  await expectDone(dispute);
  // The run drafts what has arrived, and the console shows every commission.
  await waitForCommissions(api);
  const { data } = await api.read<{ data: unknown[] }>(`${program}/payouts/runs`);
  if (data.length === 0) await expectDone(api.call("POST", `${program}/payouts/runs`, {}, keyOf("run")));
  return null;
}

async function waitForCommissions(api: DemoApi): Promise<void> {
  const sales = `/v1/conversions?program=${BEACON.slug}&type=sale&limit=200`;
  for (let attempt = 1; attempt <= POLLS_MAX; attempt += 1) {
    const { data } = await api.read<{ data: DemoSale[] }>(sales);
    if (data.every(({ commission }) => commission !== null) && data.some(isDisputedSale)) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error("Some commissions of the demo haven't arrived yet.");
}

interface DemoSale {
  attributed_to: string | null;
  payment: string | null;
  commission: object | null;
}

/** Whether a sale is the disputed one, with its new credit. */
function isDisputedSale({ payment, attributed_to }: DemoSale): boolean {
  return payment === DISPUTED.payment && attributed_to === DISPUTED.affiliate;
}

const keyOf = (what: string) => ({ "Idempotency-Key": `demo-${what}` });

async function expectDone(call: ReturnType<DemoApi["call"]>): Promise<void> {
  const { status, json } = await call;
  if (status >= 300) throw new Error(`A call of the demo answered ${status}: ${JSON.stringify(json)}`);
}
