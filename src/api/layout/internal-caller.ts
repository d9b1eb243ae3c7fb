/** Calls that the console makes to the API in the same process, as the user who is signed in. */
import type { Actor } from "../../users/actor.ts";

/** Who makes each internal call. A request from outside is never in it, so no header can name a caller. */
const callers = new WeakMap<Request, Actor>();

/** Makes a request a call of `actor`, which needs no API key. */
export function callAs(request: Request, actor: Actor): Request {
  callers.set(request, actor);
  return request;
}

/** The caller of an internal call, or null for a request from outside. */
export function findInternalCaller(request: Request): Actor | null {
  return callers.get(request) ?? null;
}
