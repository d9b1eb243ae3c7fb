import { memoize } from "./memoize.ts";

/** The parts of a request's URL, as plain values: reading them from a `URL` each time costs as much as parsing it. */
export interface Address {
  /** With the port, unless it is the default one. */
  host: string;
  hostname: string;
  path: string;
  /** With its question mark; empty if there is no query. */
  search: string;
}

const MAX_CHARACTERS = 200;
const readMemoizedAddress = memoize(parseAddress, MAX_CHARACTERS);

/** Parses a request's URL, which the platform has validated. URLs without a query, the most common ones, are memoized. */
export function readAddress(url: string): Address {
  return url.includes("?") ? parseAddress(url) : readMemoizedAddress(url);
}

function parseAddress(url: string): Address {
  const { host, hostname, pathname, search } = new URL(url);
  return { host, hostname, path: pathname, search };
}
