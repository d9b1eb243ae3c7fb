/** The id of the request that is being answered, for its response and its log lines. */
import { AsyncLocalStorage } from "node:async_hooks";
import { nanoid } from "nanoid";

/** The id that Cloudflare gives each request, with or without its data center. */
const CF_RAY = /^[0-9a-f]{16}(?:-[A-Z]{3})?$/;

const ids = new AsyncLocalStorage<string>();

/** The request's id: Cloudflare's own, which its dashboard and support know, else a random one. */
export function createRequestId(headers: Headers): string {
  const ray = headers.get("cf-ray") ?? "";
  return CF_RAY.test(ray) ? ray : nanoid();
}

/** Runs the work of a request. All that it starts, also after the response, has its id. */
export function withRequestId<T>(id: string, work: () => T): T {
  return ids.run(id, work);
}

/** The id of the current request; null in redirects, objects, queues and crons. */
export function currentRequestId(): string | null {
  return ids.getStore() ?? null;
}
