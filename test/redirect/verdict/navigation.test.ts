/** What browsers report of how a request came about. */
import { expect, test } from "vitest";
import {
  FETCH_MODES,
  FETCH_SITES,
  NAVIGATION_MAX,
  type Navigation,
  readNavigation,
  unpackNavigation,
} from "../../../src/redirect/verdict/navigation.ts";

const read = (headers: Record<string, string>) =>
  readNavigation(new Headers(headers), headers["sec-fetch-dest"] ?? null);

const reports: [string, Record<string, string>, Navigation | null][] = [
  [
    "a click on another site",
    { "sec-fetch-user": "?1", "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" },
    { user_gesture: true, fetch_site: "cross-site", fetch_mode: "navigate" },
  ],
  [
    "a typed address",
    { "sec-fetch-user": "?1", "sec-fetch-site": "none", "sec-fetch-mode": "navigate" },
    { user_gesture: true, fetch_site: "none", fetch_mode: "navigate" },
  ],
  [
    "a script that opens the link",
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" },
    { user_gesture: false, fetch_site: "cross-site", fetch_mode: "navigate" },
  ],
  [
    "unknown values",
    { "sec-fetch-user": "1", "sec-fetch-site": "moon", "sec-fetch-mode": "teleport" },
    { user_gesture: false, fetch_site: null, fetch_mode: null },
  ],
  ["a browser that sends the destination only", {}, { user_gesture: false, fetch_site: null, fetch_mode: null }],
];

test.each(reports)("%s", (_, headers, navigation) => {
  const packed = read({ "sec-fetch-dest": "document", ...headers });
  expect(packed === null ? null : unpackNavigation(packed)).toEqual(navigation);
});

test("nothing is reported without a destination", () => {
  expect(read({ "sec-fetch-user": "?1" })).toBeNull();
});

test("every combination is packed into a number of its own", () => {
  const packed = [...FETCH_SITES, ""].flatMap((site) =>
    [...FETCH_MODES, ""].flatMap((mode) =>
      ["?1", ""].map((user) => {
        const headers = { "sec-fetch-dest": "document", "sec-fetch-site": site, "sec-fetch-mode": mode };
        const number = read({ ...headers, "sec-fetch-user": user }) ?? -1;
        const navigation = { user_gesture: user === "?1", fetch_site: site || null, fetch_mode: mode || null };
        expect(unpackNavigation(number)).toEqual(navigation);
        return number;
      }),
    ),
  );
  expect(new Set(packed).size).toBe(60);
  expect(Math.max(...packed)).toBeLessThanOrEqual(NAVIGATION_MAX);
});

test("positions never change", () => {
  expect([FETCH_SITES.indexOf("cross-site"), FETCH_MODES.indexOf("cors")]).toEqual([3, 3]);
});
