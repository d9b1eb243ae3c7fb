/** URLs of portal pages. */

/** The query parameters of a page. Null and empty values are left out of its URL. */
export type QueryParams = Readonly<Record<string, string | null>>;

/** A path with query parameters. */
export function buildHref(path: string, params: QueryParams): string {
  const given = listParams(params);
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

/** The parameters that are neither null nor empty. */
export function listParams(params: QueryParams): [string, string][] {
  return Object.entries(params).filter((entry): entry is [string, string] => entry[1] !== null && entry[1] !== "");
}
