/**
 * The Worker of `src/` whose answers have a header `x-calls` with the number of calls to objects and to the database, and
 * with a route that fills accounts:
 *
 *     POST /bench/fill  {program_id, from, to}: posts an adjustment to the accounts of affiliates `from` to `to`
 */
import { accountKeyOf } from "../../src/commissions/ledger.ts";
import type { Env } from "../../src/env.ts";
import worker from "../../src/index.ts";
import { amountOf } from "./payouts-amounts.ts";

export { Account, Customer } from "../../src/index.ts";

const ACCOUNTS_AT_ONCE = 50;

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
  for (let first = from; first <= to; first += ACCOUNTS_AT_ONCE) {
    const ids = Array.from({ length: Math.min(ACCOUNTS_AT_ONCE, to - first + 1) }, (_, n) => first + n);
    await Promise.all(
      ids.map((affiliate_id) => {
        const account = { program_id, affiliate_id };
        const adjustment = { ...account, amount: amountOf(affiliate_id), currency: "USD", reason: "bench" };
        return env.ACCOUNTS.getByName(accountKeyOf(account)).adjust("bench", adjustment, Date.now());
      }),
    );
  }
}

/** Counts a call for each object that is named and for each D1 statement. The real number of D1 calls is lower if statements share a batch. */
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
