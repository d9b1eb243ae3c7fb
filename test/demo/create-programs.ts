/** Creates the demo's programs, affiliates, links and creatives through the merchant's API. Existing ones do not change. */
import { BEACON } from "./beacon.ts";
import { createApplications } from "./create-applications.ts";
import { createBeaconAffiliates } from "./create-beacon.ts";
import type { DemoApi, DemoEndpoint, Endpoints } from "./demo-api.ts";
import { AFFILIATES, CREATIVES, LINKS, PROGRAMS } from "./programs.ts";

/** Options of {@link createPrograms}. */
export interface Setup {
  /** When everything is created, ms. */
  at: number;
  /** The origin of the links' destination URLs. */
  shop_origin: string;
  /** Endpoints whose secrets are known from an earlier run. */
  endpoints: Endpoints;
}

/** Creates everything that does not exist yet. Returns an endpoint for each program. */
export async function createPrograms(api: DemoApi, setup: Setup): Promise<Endpoints> {
  const shop = new URL(setup.shop_origin);
  const create = (path: string, body: unknown, key?: string) => createOnce(api, path, body, { at: setup.at, key });
  const endpoints = { ...setup.endpoints };
  const programs = PROGRAMS.map(({ slug, name, currency, preset }) => ({
    ...{ slug, name, currency, preset },
    destination_hosts: [shop.host],
  }));
  for (const program of [...programs, { ...BEACON, destination_hosts: ["beacon.example"] }]) {
    const { slug } = program;
    const created = await create("/v1/programs", program);
    // A new program in a database that lost its data: the known endpoint belonged to the old one.
    if (created === null && endpoints[slug] !== undefined) continue;
    const endpoint = await create(`/v1/programs/${slug}/endpoints`, { source: "standard" });
    const { id, secret } = endpoint as unknown as DemoEndpoint;
    endpoints[slug] = { id, secret };
  }
  for (const { username, name, email, sponsor, paypal } of AFFILIATES) {
    const created = await create("/v1/affiliates", { username, name, email, sponsor });
    if (created !== null && paypal !== null) await setPaypal(api, username, paypal);
    for (const { slug } of PROGRAMS) await create(`/v1/programs/${slug}/enrolments`, { affiliate: username });
  }
  for (const { visitors_per_day: _, ...link } of LINKS) {
    await create("/v1/links", { ...link, destination: `${shop.origin}/${link.program}` });
  }
  for (const [program, creatives] of Object.entries(CREATIVES)) {
    for (const [n, creative] of creatives.entries()) {
      await create(`/v1/programs/${program}/creatives`, creative, `demo-${n}`);
    }
  }
  await createApplications(api, create);
  await createBeaconAffiliates(api, create);
  return endpoints;
}

/** A payout run pays only affiliates whose payment details it can put into a file. */
async function setPaypal(api: DemoApi, username: string, email: string): Promise<void> {
  const { status, json } = await api.call("PUT", `/v1/affiliates/${username}/payee`, { method: "paypal", email });
  if (status !== 200) throw new Error(`PUT payee answered ${status}: ${JSON.stringify(json)}`);
}

/** Returns the created resource, or null if it exists: the name is taken, or the same `key` created it before. */
async function createOnce(
  api: DemoApi,
  path: string,
  body: unknown,
  { at, key }: { at: number; key?: string | undefined },
) {
  const headers = { "x-demo-now": String(at), ...(key !== undefined && { "Idempotency-Key": key }) };
  const { status, json } = await api.call("POST", path, body, headers);
  if (status === 409 || (status === 200 && key !== undefined)) return null;
  if (status !== 201) throw new Error(`POST ${path} answered ${status}: ${JSON.stringify(json)}`);
  return json;
}

/** Whether the database has any of the demo's links. */
export async function hasDemoLinks(api: DemoApi): Promise<boolean> {
  const answers = await Promise.all(LINKS.map(({ slug }) => api.call("GET", `/v1/links/${slug}`)));
  return answers.some(({ status }) => status === 200);
}
