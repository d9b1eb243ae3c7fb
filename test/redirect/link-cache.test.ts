import { describe, expect, test } from "vitest";
import { LinkCache } from "../../src/redirect/link-cache.ts";
import type { LinkTarget } from "../../src/redirect/link-target.ts";
import { SHARED_FRESH_MS } from "../../src/redirect/link-times.ts";

const link: LinkTarget = {
  link_id: 1,
  program_id: 1,
  affiliate_id: 1,
  program_slug: "p",
  affiliate: "a",
  channel: null,
  destination: "https://s.example/",
  targets: null,
  forward_query: false,
  deep_links: false,
  destination_hosts: ["s.example"],
  referral_parameter: null,
  disabled: false,
  starts_at: null,
  expires_at: null,
  is_capped: false,
  fallback_url: null,
  shop: { name: "P", url: null },
  cookie_mode: "always",
  cookie_domain: null,
  cookie_days: 30,
  is_reward: false,
  visitor_key: "00",
};

function cacheWith(stored: LinkTarget | null) {
  const cache = new LinkCache({ bytes: 100_000, misses: 10 });
  cache.put("go", "x", { link: stored, loaded_at: 0 }, 0);
  return cache;
}

describe("a link that exists", () => {
  const cases: [string, number, string][] = [
    ["fresh", 9_999, "serve"],
    ["aging", 10_000, "refresh"],
    ["still within 20 seconds", 19_999, "refresh"],
    ["too old to be served without a load", 20_000, "load"],
  ];
  test.each(cases)("%s", (_, age, action) => {
    expect(cacheWith(link).find("go", "x", age).action).toBe(action);
  });

  test("is refreshed by one request only, and by another if that request is lost", () => {
    const cache = cacheWith(link);
    expect(cache.find("go", "x", 11_000).action).toBe("refresh");
    expect(cache.find("go", "x", 11_001).action).toBe("serve");
    expect(cache.find("go", "x", 16_000).action).toBe("refresh");
  });

  test("is kept while D1 is unavailable", () => {
    expect(cacheWith(link).find("go", "x", 3_600_000)).toEqual({ action: "load", last_known: link });
  });
});

test("a miss is cached for five seconds", () => {
  expect(cacheWith(null).find("go", "x", 4_999)).toEqual({ action: "serve", link: null });
  expect(cacheWith(null).find("go", "x", 5_000)).toEqual({ action: "load", last_known: null });
});

test("links are bounded by bytes, whatever their size, and the one loaded longest ago leaves first", () => {
  const cache = new LinkCache({ bytes: 100_000, misses: 3 });
  for (let n = 0; n < 500; n += 1) cache.put("go", `s${n}`, { link, loaded_at: 0 }, 0);
  const small = cache.size.links;
  expect(small).toBeGreaterThan(20);
  expect(cache.size.bytes).toBeLessThanOrEqual(100_000);
  expect([cache.find("go", "s499", 0).action, cache.find("go", "s0", 0).action]).toEqual(["serve", "load"]);
  const long = { ...link, destination: `https://s.example/${"x".repeat(2_000)}` };
  for (let n = 0; n < 500; n += 1) cache.put("go", `long${n}`, { link: long, loaded_at: 0 }, 0);
  expect(cache.size.links).toBeLessThan(small);
  expect(cache.size.bytes).toBeLessThanOrEqual(100_000);
  for (let n = 0; n < 500; n += 1) cache.forget(`long${n}`);
  expect(cache.size).toEqual({ links: 0, misses: 0, bytes: 0 });
});

test("a link larger than the cache is kept alone", () => {
  const cache = new LinkCache({ bytes: 10, misses: 3 });
  for (const slug of ["a", "b"]) cache.put("go", slug, { link, loaded_at: 0 }, 0);
  expect([cache.size.links, cache.find("go", "b", 0).action]).toEqual([1, "serve"]);
});

test("unknown slugs are bounded apart and push out no link", () => {
  const cache = new LinkCache({ bytes: 100_000, misses: 3 });
  cache.put("go", "warm", { link, loaded_at: 0 }, 0);
  for (let n = 0; n < 10_000; n += 1) cache.put("go", `s${n}`, { link: null, loaded_at: 0 }, 0);
  expect(cache.size).toMatchObject({ links: 1, misses: 3 });
  expect(cache.find("go", "warm", 0)).toEqual({ action: "serve", link });
  expect([cache.find("go", "s9999", 0).action, cache.find("go", "s0", 0).action]).toEqual(["serve", "load"]);
});

test("a link that is created or deleted is no longer both", () => {
  const cache = cacheWith(null);
  cache.put("go", "x", { link, loaded_at: 1 }, 1);
  expect([cache.find("go", "x", 1).action, cache.size.misses]).toEqual(["serve", 0]);
  cache.put("go", "x", { link: null, loaded_at: 2 }, 2);
  expect([cache.find("go", "x", 2), cache.size.links]).toEqual([{ action: "serve", link: null }, 0]);
});

test("a forgotten link is loaded again", () => {
  const cache = cacheWith(link);
  cache.forget("x");
  expect(cache.find("go", "x", 1)).toEqual({ action: "load", last_known: null });
});

test("the same slug on another host is another link", () => {
  const cache = cacheWith(link);
  expect(cache.find("other", "x", 1).action).toBe("load");
  cache.put("other", "x", { link: null, loaded_at: 0 }, 0);
  cache.forget("x");
  expect([cache.find("go", "x", 1).action, cache.find("other", "x", 1).action]).toEqual(["load", "load"]);
});

test("after a failed load, the last known link is served for two seconds before the next load", () => {
  const cache = cacheWith(link);
  cache.serveStale("go", "x", 60_000);
  expect(cache.find("go", "x", 61_999)).toEqual({ action: "serve", link });
  expect(cache.find("go", "x", 62_000).action).toBe("load");
});

test("a copy from the shared cache keeps its age, and a stale one is served for two seconds at most", () => {
  const cache = new LinkCache({ bytes: 100_000, misses: 10 });
  cache.put("go", "x", { link, loaded_at: 0 }, 9_000);
  expect(cache.find("go", "x", 9_999).action).toBe("serve");
  expect(cache.find("go", "x", 10_000).action).toBe("refresh");
  cache.put("go", "x", { link, loaded_at: 0 }, 3_600_000);
  expect(cache.find("go", "x", 3_601_999).action).toBe("serve");
  expect(cache.find("go", "x", 3_602_000).action).toBe("load");
});

test("an edit takes effect within 30 seconds: the most that memory and the shared cache add up to", () => {
  let age = 0;
  while (cacheWith(link).find("go", "x", age).action !== "load") age += 1;
  expect(age + SHARED_FRESH_MS).toBeLessThanOrEqual(30_000);
});
