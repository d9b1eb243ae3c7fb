/**
 * The Worker of `src/` that says of each answer how many calls it has made to its objects and its database, in a header
 * `x-calls`, and that fills accounts past its door:
 *
 *     POST /bench/fill {program_id, from, to}  posts an adjustment to each account of affiliates `from` to `to`
 */
import { accountKeyOf } from "../../src/commissions/ledger.ts";
import type { Env } from "../../src/env.ts";
import worker from "../../src/index.ts";
import { amountOf } from "./payouts-amounts.ts";

export { Account, Customer } from "../../src/index.ts";

const FILLED_AT_ONCE = 50;

export default {
  ...worker,
  async fetch(request, env, ctx) {
    if (new URL(request.url).pathname === "/bench/fill") {
      await fill(env, await request.json());
      return new Response(null, { status: 204 });
    }
    const calls = { count: 0 };
    const response =
      (await worker.fetch?.(request, withCounts(env, calls), ctx)) ?? new Response(null, { status: 500 });
    const counted = new Response(response.body, response);
    counted.headers.set("x-calls", String(calls.count));
    return counted;
  },
} satisfies ExportedHandler<Env, unknown>;

async function fill(env: Env, { program_id, from, to }: { program_id: number; from: number; to: number }) {
  for (let first = from; first <= to; first += FILLED_AT_ONCE) {
    const ids = Array.from({ length: Math.min(FILLED_AT_ONCE, to - first + 1) }, (_, n) => first + n);
    await Promise.all(
      ids.map((affiliate_id) => {
        const account = { program_id, affiliate_id };
        const adjustment = { ...account, amount: amountOf(affiliate_id), currency: "USD", reason: "bench" };
        return env.ACCOUNTS.getByName(accountKeyOf(account)).adjust("bench", adjustment, Date.now());
      }),
    );
  }
}

/** A call to an object is one for each method that is called; to D1 one for each statement, which is the most that it can be. */
function withCounts(env: Env, calls: { count: number }): Env {
  const count = <Args extends unknown[], Result>(call: (...args: Args) => Result) => {
    return (...args: Args) => {
      calls.count += 1;
      return call(...args);
    };
  };
  const db = new Proxy(env.DB, {
    get: (target, name) => {
      const value = Reflect.get(target, name);
      const bound = typeof value === "function" ? value.bind(target) : value;
      return name === "prepare" ? count(bound) : bound;
    },
  });
  const accounts = new Proxy(env.ACCOUNTS, {
    get: (target, name) => {
      const value = Reflect.get(target, name);
      const bound = typeof value === "function" ? value.bind(target) : value;
      return name === "getByName" ? count(bound) : bound;
    },
  });
  return { ...env, DB: db, ACCOUNTS: accounts };
}
