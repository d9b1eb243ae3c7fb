import { describe, expect, test } from "vitest";
import { LinkCache, type LinkTarget } from "../../src/redirect/link-cache.ts";

const link: LinkTarget = {
  link_id: 1,
  program_id: 1,
  affiliate_id: 1,
  program_slug: "p",
  destination: "https://s.example/",
  forward_query: false,
  disabled: false,
  expires_at: null,
  fallback_url: null,
  cookie_domain: null,
  cookie_days: 30,
};

function cacheWith(kept: LinkTarget | null) {
  const cache = new LinkCache(10);
  cache.keep("x", kept, 0);
  return cache;
}

describe("a link that exists", () => {
  const cases: [string, number, string][] = [
    ["fresh", 14_999, "serve"],
    ["ageing", 15_000, "refresh"],
    ["still within 30 seconds", 29_999, "refresh"],
    ["too old to be served unasked", 30_000, "load"],
  ];
  test.each(cases)("%s", (_, age, action) => {
    expect(cacheWith(link).look("x", age).action).toBe(action);
  });

  test("is refreshed by one request only, and by another if that one is lost", () => {
    const cache = cacheWith(link);
    expect(cache.look("x", 16_000).action).toBe("refresh");
    expect(cache.look("x", 16_001).action).toBe("serve");
    expect(cache.look("x", 21_000).action).toBe("refresh");
  });

  test("is remembered for the time when storage is away", () => {
    expect(cacheWith(link).look("x", 3_600_000)).toEqual({ action: "load", last_known: link });
  });
});

test("a miss is believed for five seconds", () => {
  expect(cacheWith(null).look("x", 4_999)).toEqual({ action: "serve", link: null });
  expect(cacheWith(null).look("x", 5_000)).toEqual({ action: "load", last_known: null });
});

test("the cache is bounded, misses included, and drops what was put first", () => {
  const cache = new LinkCache(3);
  for (let n = 0; n < 100; n += 1) cache.keep(`s${n}`, n % 2 === 0 ? link : null, 0);
  expect(cache.size).toBe(3);
  expect(cache.look("s99", 0).action).toBe("serve");
  expect(cache.look("s0", 0).action).toBe("load");
});

test("a forgotten link is loaded again", () => {
  const cache = cacheWith(link);
  cache.forget("x");
  expect(cache.look("x", 1)).toEqual({ action: "load", last_known: null });
});
