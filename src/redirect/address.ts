import { memoize } from "./memoize.ts";

/** What of a request's URL says where it leads, as values: reading them from a `URL` each time costs as much as parsing it. */
export interface Address {
  /** With the port where that is not the default one. */
  host: string;
  hostname: string;
  path: string;
  /** With its question mark; empty where there is none. */
  search: string;
}

const MAX_CHARACTERS = 200;
const readKnownAddress = memoize(parseAddress, MAX_CHARACTERS);

/** The parts of a request's URL, which the platform has found to be one. Most links are followed without a query. */
export function readAddress(url: string): Address {
  return url.includes("?") ? parseAddress(url) : readKnownAddress(url);
}

function parseAddress(url: string): Address {
  const { host, hostname, pathname, search } = new URL(url);
  return { host, hostname, path: pathname, search };
}
