/** Which of an affiliate's links a page lists, and in which order. */
import type { LinkWithFigures } from "../../insights/link-queries.ts";

/** The orders of the list. */
export const LINK_SORTS = ["clicks", "earned", "newest", "name"] as const;

/** What the page's URL asks for. */
export interface LinkListing {
  /** A part of a slug, channel or destination, in any case. */
  q: string;
  sort: (typeof LINK_SORTS)[number];
  /** Whether to list the archived links instead of the others. */
  archived: boolean;
  /** From 1. */
  page: number;
}

const PAGE_ROWS = 20;
const QUERY_MAX_CHARACTERS = 200;

/** Reads the listing from query parameters. Ignores unknown values. */
export function parseLinkListing(query: Readonly<Record<string, string | undefined>>): LinkListing {
  const { q = "", sort, page = "" } = query;
  return {
    q: q.trim().slice(0, QUERY_MAX_CHARACTERS),
    sort: LINK_SORTS.find((one) => one === sort) ?? "clicks",
    archived: query.archived === "1",
    page: /^[1-9]\d{0,3}$/.test(page) ? Number(page) : 1,
  };
}

/** The rows of a page of the links, in its order, with the number of rows and pages in all. `currency` orders the earnings. */
export function arrangeLinks(
  links: readonly LinkWithFigures[],
  { q, sort, archived, page }: LinkListing,
  currency: string,
) {
  const wanted = q.toLowerCase();
  const found = links.filter(
    (link) =>
      (link.archived_at !== null) === archived &&
      [link.slug, link.channel ?? "", link.destination].some((text) => text.toLowerCase().includes(wanted)),
  );
  const earnedBy = ({ earned }: LinkWithFigures) => earned.find((money) => money.currency === currency)?.amount ?? 0;
  const orders: Record<LinkListing["sort"], (a: LinkWithFigures, b: LinkWithFigures) => number> = {
    clicks: (a, b) => b.clicks - a.clicks || b.created_at - a.created_at,
    earned: (a, b) => earnedBy(b) - earnedBy(a) || b.clicks - a.clicks,
    newest: (a, b) => b.created_at - a.created_at,
    name: (a, b) => (a.slug < b.slug ? -1 : 1),
  };
  const pages = Math.max(1, Math.ceil(found.length / PAGE_ROWS));
  const shown = Math.min(page, pages);
  const rows = found
    .toSorted((a, b) => orders[sort](a, b) || a.id - b.id)
    .slice((shown - 1) * PAGE_ROWS, shown * PAGE_ROWS);
  return { rows, count: found.length, page: shown, pages };
}
