// Required for `caches`.
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { LinkResolver, type ResolvedLink } from "../../src/redirect/link-resolver.ts";
import type { LinkTarget } from "../../src/redirect/link-target.ts";

const HOST = "go.example:8787";
const linkTo = (destination: string) => ({ link_id: 1, destination }) as LinkTarget;
const stores = (destination: string) => async () => linkTo(destination);
const isUnavailable = () => Promise.reject(new Error("D1 is unavailable"));

type Load = () => Promise<LinkTarget | null>;

/** Resolves a link, and waits for its background work. */
async function resolve(
  resolver: LinkResolver,
  slug: string,
  now: number,
  network: string | null = null,
): Promise<string | null> {
  const behind: Promise<unknown>[] = [];
  const execution = { waitUntil: (work: Promise<unknown>) => void behind.push(work) };
  const found = await resolver.resolve(HOST, slug, { db: env.DB, execution, now, network });
  // Background work may add more.
  for (let work = behind.shift(); work !== undefined; work = behind.shift()) await work;
  return show(found);
}

const show = (found: ResolvedLink) => (typeof found === "string" ? found : (found?.destination ?? null));

/** Resolves a link in a new isolate with empty memory. */
const resolveInNewIsolate = (slug: string, now: number, load: Load) => resolve(new LinkResolver(load), slug, now);

test("isolates of a data center load a link once in ten seconds", async () => {
  expect(await resolveInNewIsolate("once", 0, stores("old"))).toBe("old");
  expect(await resolveInNewIsolate("once", 9_999, stores("new"))).toBe("old");
  expect(await resolveInNewIsolate("once", 10_000, stores("new"))).toBe("new");
});

test("while D1 is unavailable, an isolate that never saw the link gets the data center's copy", async () => {
  await resolveInNewIsolate("away", 0, stores("known"));
  expect(await resolveInNewIsolate("away", 3_600_000, isUnavailable)).toBe("known");
  expect(await resolveInNewIsolate("never-seen", 0, isUnavailable)).toBe("unavailable");
});

test("a missing link is not cached in the data center, because it may be created at any time", async () => {
  expect(await resolveInNewIsolate("created-later", 0, async () => null)).toBeNull();
  expect(await resolveInNewIsolate("created-later", 1, stores("created"))).toBe("created");
});

test("a load that finishes after an edit is not cached", async () => {
  const resolver: LinkResolver = new LinkResolver(async () => {
    await resolver.forget([HOST], "edited");
    return linkTo("enabled");
  });
  await resolve(resolver, "edited", 0);
  expect(await resolveInNewIsolate("edited", 1, stores("disabled"))).toBe("disabled");
  // A copy in memory would be fresh.
  expect(await resolve(resolver, "edited", 2)).toBe("disabled");
});

test("a forgotten link is loaded again", async () => {
  await resolveInNewIsolate("forgotten", 0, stores("old"));
  await new LinkResolver().forget([HOST], "forgotten");
  expect(await resolveInNewIsolate("forgotten", 1, stores("new"))).toBe("new");
});

test("a warm link and a cached miss are returned without a promise", async () => {
  const resolver = new LinkResolver(async (_db, _host, slug) => (slug === "warm" ? linkTo("warm") : null));
  await resolve(resolver, "warm", 0);
  await resolve(resolver, "missing", 0);
  const context = { db: env.DB, execution: { waitUntil: () => {} }, now: 1, network: null };
  expect(resolver.resolve(HOST, "warm", context)).toEqual(linkTo("warm"));
  expect(resolver.resolve(HOST, "missing", context)).toBeNull();
});

test("an aging link is served at once and refreshed in the background", async () => {
  let loads = 0;
  const resolver = new LinkResolver(async () => linkTo(`load ${++loads}`));
  expect(await resolve(resolver, "aging", 0)).toBe("load 1");
  expect(await resolve(resolver, "aging", 11_000)).toBe("load 1");
  expect(await resolve(resolver, "aging", 11_001)).toBe("load 2");
});

test("a stale link is served if its load fails, and the next load waits two seconds", async () => {
  const loads: number[] = [];
  let load: Load = stores("known");
  const resolver = new LinkResolver((_db, _host, _slug, now) => {
    loads.push(now);
    return load();
  });
  await resolve(resolver, "stale", 0);
  load = isUnavailable;
  const times = [3_600_000, 3_601_999, 3_602_000];
  for (const now of times) expect(await resolve(resolver, "stale", now)).toBe("known");
  expect(loads).toEqual([0, 3_600_000, 3_602_000]);
});

/** A resolver that knows slugs that begin with `known`, and counts its loads. */
function countLoads() {
  const loaded: string[] = [];
  const resolver = new LinkResolver(async (_db, _host, slug) => {
    loaded.push(slug);
    return slug.startsWith("known") ? linkTo(slug) : null;
  });
  return { loaded, resolver };
}

test("D1 is asked for few unknown slugs of one network, and for the links of all others", async () => {
  const { loaded, resolver } = countLoads();
  expect(await resolve(resolver, "known-warm", 0, "203.0.113.1")).toBe("known-warm");
  for (let n = 0; n < 500; n += 1) await resolve(resolver, `flood-${n}`, 0, "203.0.113.1");
  expect(loaded.filter((slug) => slug.startsWith("flood"))).toHaveLength(60);
  expect(await resolve(resolver, "flood-unknown", 0, "203.0.113.1")).toBe("unavailable");
  // A link that is known, in memory or in the data center, is never refused.
  expect(await resolve(resolver, "known-warm", 60_000, "203.0.113.1")).toBe("known-warm");
  await resolveInNewIsolate("copied", 0, stores("copied"));
  expect(await resolve(resolver, "copied", 0, "203.0.113.1")).toBe("copied");
  expect(await resolve(resolver, "known-other", 0, "203.0.113.2")).toBe("known-other");
  // Later the network may ask again.
  expect(await resolve(resolver, "flood-later", 120_000, "203.0.113.1")).toBeNull();
});

test("a flood of unknown slugs from many networks reaches D1 a limited number of times", async () => {
  const { loaded, resolver } = countLoads();
  for (let n = 0; n < 2_000; n += 1) await resolve(resolver, `wide-${n}`, 0, `network-${n}`);
  expect(loaded).toHaveLength(1_000);
});
