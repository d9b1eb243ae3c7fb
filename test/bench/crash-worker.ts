/**
 * The Worker of `src/` with a queue that the benchmark makes as durable as the platform's: each message that the queue
 * accepts is logged as a line `accepted […]`, which survives the process, and can be sent again:
 *
 *     POST /bench/redeliver   [message, …]
 */
import type { Env } from "../../src/env.ts";
import worker from "../../src/index.ts";
import type { Click } from "../../src/redirect/click.ts";

export { Account, Customer } from "../../src/index.ts";

const envs = new WeakMap<Env, Env>();

/** Returns the environment with a queue that logs. It is created once, since settings are cached by environment. */
function withLoggingQueue(env: Env): Env {
  const known = envs.get(env);
  if (known !== undefined) return known;
  const send: Queue<Click[]>["send"] = async (pack, options) => {
    const result = await env.CLICKS.send(pack, options);
    console.log(`accepted ${JSON.stringify(pack)}`);
    return result;
  };
  const logging: Env = { ...env, CLICKS: { ...env.CLICKS, send } };
  envs.set(env, logging);
  return logging;
}

export default {
  ...worker,
  async fetch(request, env, ctx) {
    if (new URL(request.url).pathname === "/bench/redeliver") {
      for (const pack of await request.json<Click[][]>()) await env.CLICKS.send(pack);
      return new Response(null, { status: 204 });
    }
    return worker.fetch?.(request, withLoggingQueue(env), ctx) ?? new Response(null, { status: 500 });
  },
} satisfies ExportedHandler<Env, Click[]>;
