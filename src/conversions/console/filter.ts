/** The filters of the console's list of conversions: those of the API's list, but for the program, which the path names. */

const FILTERS = [
  "from",
  "to",
  "type",
  "customer",
  "payment",
  "affiliate",
  "link",
  "host",
  "credited",
  "test",
  "click_country",
] as const;

/** The filters that are set, by name. */
export type SalesFilter = Partial<Record<(typeof FILTERS)[number] | "sort" | "cursor", string>>;

/** Reads them from a page's query. Empty ones and unknown parameters are ignored. */
export function readSalesFilter(query: Readonly<Record<string, string>>): SalesFilter {
  const names = [...FILTERS, "sort", "cursor"] as const;
  return Object.fromEntries(names.flatMap((name) => (query[name] ? [[name, query[name].trim()]] : [])));
}

/** Whether the list is limited by any filter. The order and the page are none. */
export function isFiltered(filter: SalesFilter): boolean {
  return FILTERS.some((name) => filter[name] !== undefined);
}
