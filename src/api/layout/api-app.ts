import type { Context, Hono } from "hono";
import type { Database } from "../../db/database.ts";
import type { Env } from "../../env.ts";
import type { LinkForgetter } from "../../redirect/link-resolver.ts";

/** What every handler of the API can use. `now` is in ms since the epoch; `key` is the id of the API key of the call. */
export interface ApiEnv {
  Bindings: Env;
  Variables: { db: Database; now: number; key: string };
}

/** The router of `/v1`. */
export type ApiApp = Hono<ApiEnv>;

/** The context of one call. */
export type ApiCall = Context<ApiEnv>;

/** What `worker.ts` passes to the API. */
export interface ApiTools {
  /** Milliseconds since the epoch. */
  now: (request: Request) => number;
  /** Drops an edited link from the caches. */
  links: LinkForgetter;
}
