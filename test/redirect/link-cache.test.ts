import { describe, expect, test } from "vitest";
import { LinkCache, type LinkTarget, SHARED_FRESH_MS } from "../../src/redirect/link-cache.ts";

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
  cookie_mode: "always",
  cookie_domain: null,
  cookie_days: 30,
  is_reward: false,
  visitor_key: "00",
};

function cacheWith(kept: LinkTarget | null) {
  const cache = new LinkCache(10);
  cache.keep("go", "x", { link: kept, loaded_at: 0 }, 0);
  return cache;
}

describe("a link that exists", () => {
  const cases: [string, number, string][] = [
    ["fresh", 9_999, "serve"],
    ["ageing", 10_000, "refresh"],
    ["still within 20 seconds", 19_999, "refresh"],
    ["too old to be served unasked", 20_000, "load"],
  ];
  test.each(cases)("%s", (_, age, action) => {
    expect(cacheWith(link).look("go", "x", age).action).toBe(action);
  });

  test("is refreshed by one request only, and by another if that one is lost", () => {
    const cache = cacheWith(link);
    expect(cache.look("go", "x", 11_000).action).toBe("refresh");
    expect(cache.look("go", "x", 11_001).action).toBe("serve");
    expect(cache.look("go", "x", 16_000).action).toBe("refresh");
  });

  test("is remembered for the time when storage is away", () => {
    expect(cacheWith(link).look("go", "x", 3_600_000)).toEqual({ action: "load", last_known: link });
  });
});

test("a miss is believed for five seconds", () => {
  expect(cacheWith(null).look("go", "x", 4_999)).toEqual({ action: "serve", link: null });
  expect(cacheWith(null).look("go", "x", 5_000)).toEqual({ action: "load", last_known: null });
});

test("the cache is bounded, misses included, and drops what was put first", () => {
  const cache = new LinkCache(3);
  for (let n = 0; n < 100; n += 1) cache.keep("go", `s${n}`, { link: n % 2 === 0 ? link : null, loaded_at: 0 }, 0);
  expect(cache.size).toBe(3);
  expect(cache.look("go", "s99", 0).action).toBe("serve");
  expect(cache.look("go", "s0", 0).action).toBe("load");
});

test("a forgotten link is loaded again", () => {
  const cache = cacheWith(link);
  cache.forget("x");
  expect(cache.look("go", "x", 1)).toEqual({ action: "load", last_known: null });
});

test("the same slug on another host is another link", () => {
  const cache = cacheWith(link);
  expect(cache.look("other", "x", 1).action).toBe("load");
  cache.keep("other", "x", { link: null, loaded_at: 0 }, 0);
  cache.forget("x");
  expect([cache.look("go", "x", 1).action, cache.look("other", "x", 1).action]).toEqual(["load", "load"]);
});

test("while storage fails, a link is borne with, and storage asked again every two seconds", () => {
  const cache = cacheWith(link);
  cache.bear("go", "x", 60_000);
  expect(cache.look("go", "x", 61_999)).toEqual({ action: "serve", link });
  expect(cache.look("go", "x", 62_000).action).toBe("load");
});

test("what comes old from the other tier is as old as it is, and borne with for two seconds at most", () => {
  const cache = new LinkCache(10);
  cache.keep("go", "x", { link, loaded_at: 0 }, 9_000);
  expect(cache.look("go", "x", 9_999).action).toBe("serve");
  expect(cache.look("go", "x", 10_000).action).toBe("refresh");
  cache.keep("go", "x", { link, loaded_at: 0 }, 3_600_000);
  expect(cache.look("go", "x", 3_601_999).action).toBe("serve");
  expect(cache.look("go", "x", 3_602_000).action).toBe("load");
});

test("an edit is effective within 30 seconds: the memory's age and the shared cache's add up to that", () => {
  let age = 0;
  while (cacheWith(link).look("go", "x", age).action !== "load") age += 1;
  expect(age + SHARED_FRESH_MS).toBeLessThanOrEqual(30_000);
});
