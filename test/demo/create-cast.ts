/** Sets up the demo's programmes, affiliates and links by the merchant's API. What is there already stays. */
import { AFFILIATES, CREATIVES, LINKS, PROGRAMS } from "./cast.ts";
import type { DemoApi } from "./demo-api.ts";
import { DemoError } from "./demo-error.ts";
import type { DemoEndpoint, DemoMemory } from "./demo-file.ts";

/**
 * Creates the cast as of `at` (ms) and keeps each endpoint's secret the moment it is shown. Returns the memory with the
 * endpoints. Throws a {@link DemoError} where the programmes are there but nothing is remembered of their story.
 */
export async function createCast(
  api: DemoApi,
  memory: DemoMemory,
  at: number,
  keep: (memory: DemoMemory) => void,
): Promise<DemoMemory> {
  const create = (path: string, body: unknown, key?: string) => createOnce(api, path, body, { at, key });
  const shop = new URL(memory.shop_origin);
  let current = memory;
  for (const { slug, name, currency, preset } of PROGRAMS) {
    const created = await create("/v1/programs", { slug, name, currency, preset, destination_hosts: [shop.host] });
    // A new programme in a database that lost its data: what is remembered of the old one leads nowhere.
    if (created === null && current.endpoints[slug] !== undefined) continue;
    const endpoint = await create(`/v1/programs/${slug}/endpoints`, { source: "standard" });
    const { id, secret } = endpoint as unknown as DemoEndpoint;
    current = { ...current, endpoints: { ...current.endpoints, [slug]: { id, secret } } };
    keep(current);
  }
  for (const { username, name, email, sponsor } of AFFILIATES) {
    await create("/v1/affiliates", { username, name, email, sponsor });
    for (const { slug } of PROGRAMS) await create(`/v1/programs/${slug}/enrollments`, { affiliate: username });
  }
  for (const { visitors_a_day: _, ...link } of LINKS) {
    await create("/v1/links", { ...link, destination: `${shop.origin}/${link.program}` });
  }
  for (const [program, creatives] of Object.entries(CREATIVES)) {
    for (const [n, creative] of creatives.entries()) {
      await create(`/v1/programs/${program}/creatives`, creative, `demo-${n}`);
    }
  }
  return current;
}

/** What was created, null for what was there before: it is taken, or was made by the same `key`. */
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

/** Throws where the database has the demo's programmes, of which a new memory cannot know anything. */
export async function refuseForeignCast(api: DemoApi): Promise<void> {
  for (const { slug } of LINKS) {
    if ((await api.call("GET", `/v1/links/${slug}`)).status !== 200) continue;
    throw new DemoError(
      `The database in .wrangler/state has a link "${slug}" already, but the demo's own notes on it (demo.json there) are gone.\nDelete .wrangler/state to start over: npm run dev makes everything anew.`,
    );
  }
}
