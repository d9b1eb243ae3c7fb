/** The index that the browser searches: an entry for each heading. */
import MiniSearch from "minisearch";

/** A part of a page that can be found. */
export interface SearchEntry {
  /** The path, with the anchor. */
  id: string;
  /** The page's title. */
  page: string;
  heading: string;
  text: string;
}

/** What the browser needs in order to read the index. `scripts/search.client.js` passes both on to MiniSearch. */
const OPTIONS = {
  fields: ["heading", "page", "text"],
  storeFields: ["page", "heading", "text"],
  searchOptions: { boost: { heading: 4, page: 2 }, prefix: true, fuzzy: 0.15, combineWith: "AND" as const },
};

/** The index as JSON. */
export function makeSearchIndex(entries: readonly SearchEntry[]): string {
  const index = new MiniSearch<SearchEntry>(OPTIONS);
  index.addAll(entries);
  return JSON.stringify({ options: OPTIONS, index });
}
