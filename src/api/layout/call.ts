import type { Context, Hono } from "hono";
import type { Database } from "../../db/database.ts";
import type { Env } from "../../env.ts";

/** What a call has; `key` names the key that it carries. */
export interface ApiEnv {
  Bindings: Env;
  Variables: { db: Database; now: number; key: string };
}

export type ApiApp = Hono<ApiEnv>;

/** One call, as a handler has it. */
export type ApiCall = Context<ApiEnv>;

/** What the API is given by the wiring. */
export interface ApiTools {
  /** Milliseconds since the epoch. */
  now: (request: Request) => number;
  /** Makes an edit of a link effective at once in this isolate and data centre; elsewhere it takes up to 30 seconds. */
  forgetLink: (hosts: readonly string[], slug: string) => Promise<void>;
}
