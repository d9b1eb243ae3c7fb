import type { Context, Hono } from "hono";
import type { Database } from "../../db/database.ts";
import type { Env } from "../../env.ts";
import type { LinkForgetter } from "../../redirect/link-resolver.ts";
import type { Actor } from "../../users/actor.ts";

/** What every handler of the API can use. */
export interface ApiEnv {
  Bindings: Env;
  Variables: {
    db: Database;
    /** Milliseconds since the epoch. */
    now: number;
    /** The id of the call's API key, or of the user of a console session. */
    key: string;
    actor: Actor;
    /** Present if the call is a POST with an `Idempotency-Key`. */
    idempotent_call?: IdempotentCall;
  };
}

/** A call with an `Idempotency-Key`. The fingerprint is the hash of its method, URL and body. */
export interface IdempotentCall {
  key: string;
  fingerprint: string;
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
