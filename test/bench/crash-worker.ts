/**
 * The Worker of `src/` whose queue is as durable as the platform's, with some help from outside: it says what it has taken,
 * in a line `taken […]` for each message, which survives the process, and takes it again by
 *
 *     POST /bench/redeliver   [message, …]
 */
import type { Env } from "../../src/env.ts";
import worker from "../../src/index.ts";
import type { Click } from "../../src/redirect/click.ts";

export { Account, Customer } from "../../src/index.ts";

const envs = new WeakMap<Env, Env>();

/** The environment of an isolate with a queue that tells; the same one each time. */
function withTellingQueue(env: Env): Env {
  const known = envs.get(env);
  if (known !== undefined) return known;
  const send: Queue<Click[]>["send"] = async (pack, options) => {
    const result = await env.CLICKS.send(pack, options);
    console.log(`taken ${JSON.stringify(pack)}`);
    return result;
  };
  const telling: Env = { ...env, CLICKS: { ...env.CLICKS, send } };
  envs.set(env, telling);
  return telling;
}

export default {
  ...worker,
  async fetch(request, env, ctx) {
    if (new URL(request.url).pathname === "/bench/redeliver") {
      for (const pack of await request.json<Click[][]>()) await env.CLICKS.send(pack);
      return new Response(null, { status: 204 });
    }
    return worker.fetch?.(request, withTellingQueue(env), ctx) ?? new Response(null, { status: 500 });
  },
} satisfies ExportedHandler<Env, Click[]>;
