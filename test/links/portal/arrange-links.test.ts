import { expect, test } from "vitest";
import type { LinkWithFigures } from "../../../src/insights/link-queries.ts";
import { arrangeLinks, parseLinkListing } from "../../../src/links/portal/arrange-links.ts";

function makeLink(id: number, changes: Partial<LinkWithFigures> = {}): LinkWithFigures {
  return {
    ...{
      id,
      slug: `slug-${String(id).padStart(3, "0")}`,
      host: "",
      destination: "https://shop.example/",
      kind: "tracking",
    },
    ...{ channel: null, starts_at: null, expires_at: null, click_cap: null, disabled: false, created_at: id },
    ...{ archived_at: null, clicks: 0, hits: 0, lead: 0, trial: 0, sale: 0, earned: [] },
    ...changes,
  };
}

const list = (links: LinkWithFigures[], query: Record<string, string>) =>
  arrangeLinks(links, parseLinkListing(query), "USD");
const idsOf = (found: ReturnType<typeof list>) => found.rows.map(({ id }) => id);

test("500 links are on 25 pages, each once", () => {
  const links = Array.from({ length: 500 }, (_, index) => makeLink(index + 1, { clicks: index % 7 }));
  const pages = Array.from({ length: 25 }, (_, index) => list(links, { page: String(index + 1) }));
  expect(pages[0]).toMatchObject({ count: 500, page: 1, pages: 25 });
  expect(pages.flatMap(idsOf).toSorted((a, b) => a - b)).toEqual(links.map(({ id }) => id));
  expect(list(links, { page: "9999" }).page).toBe(25);
});

test("finds a part of a slug, channel or destination in any case", () => {
  const links = [
    makeLink(1, { channel: "Spring NEWS" }),
    makeLink(2, { destination: "https://shop.example/News" }),
    makeLink(3),
  ];
  expect(idsOf(list(links, { q: " news ", sort: "name" }))).toEqual([1, 2]);
  expect(idsOf(list(links, { q: "slug-003" }))).toEqual([3]);
});

test("sorts by clicks, earnings in the program's currency, age or name", () => {
  const usd = (amount: number) => [{ amount, currency: "USD" }];
  const links = [
    makeLink(1, { clicks: 5, earned: usd(100), slug: "b" }),
    makeLink(2, { clicks: 9, earned: [{ amount: 9_999, currency: "JPY" }], slug: "c" }),
    makeLink(3, { clicks: 1, earned: usd(300), slug: "a" }),
  ];
  expect(idsOf(list(links, {}))).toEqual([2, 1, 3]);
  expect(idsOf(list(links, { sort: "earned" }))).toEqual([3, 1, 2]);
  expect(idsOf(list(links, { sort: "newest" }))).toEqual([3, 2, 1]);
  expect(idsOf(list(links, { sort: "name" }))).toEqual([3, 1, 2]);
});

test("lists archived links apart", () => {
  const links = [makeLink(1), makeLink(2, { archived_at: 5 })];
  expect(idsOf(list(links, {}))).toEqual([1]);
  expect(idsOf(list(links, { archived: "1" }))).toEqual([2]);
});
