/**
 * The Worker of `src/` with routes that call its Customer objects directly:
 *
 *     POST /bench/token   {clicked_at, program_id, affiliate_id, link_id}: answers a click token of that time
 *     POST /bench/record  {event, key?}: answers the receipt when the event is durable in its customer's object
 *     POST /bench/fill    {key, count, clicks}: gives a customer with one sale `count` sales
 *     POST /bench/fold    {key, kind, number, clicks, times}: folds one more fact and rolls it back, `times` times
 */
import { applyFact } from "../../src/customers/apply-fact.ts";
import { CustomerStore } from "../../src/customers/customer-store.ts";
import type { Env } from "../../src/env.ts";
import worker, { Customer as ShippedCustomer } from "../../src/index.ts";
import { importTokenKeys } from "../../src/lib/signed-text.ts";
import { signClickToken } from "../../src/redirect/click-token.ts";
import { type ConversionEvent, customerKeyOf } from "../../src/webhooks/conversion-event.ts";
import { type Clicks, createFact, type Kind } from "./attribution-facts.ts";
import { meterSql, type QueryCost } from "./meter-sql.ts";

export { Account } from "../../src/index.ts";

/** The cost of one more fact of a customer, by query. */
export interface FoldCost {
  /** The number of conversions that it changed. */
  changed: number;
  queries: QueryCost[];
}

/** Facts added per transaction. */
const FACTS_PER_TRANSACTION = 250;

/** Rolls back a transaction. */
class Rollback extends Error {}

/** The production Customer object, with methods for measuring. */
export class Customer extends ShippedCustomer {
  /** Adds sales to the first one like `record`, but without relaying. */
  async fill(count: number, clicks: Clicks): Promise<void> {
    const store = new CustomerStore(this.ctx.storage.sql);
    const first = this.#firstSale(store);
    for (let from = 1; from < count; from += FACTS_PER_TRANSACTION) {
      this.ctx.storage.transactionSync(() => {
        for (let number = from; number < Math.min(from + FACTS_PER_TRANSACTION, count); number += 1) {
          this.#apply(store, createFact(first, { kind: "newest sale", number, clicks }));
        }
      });
      await this.ctx.storage.sync();
    }
  }

  /** Folds one fact `times` times, each time as if it were new. Returns the cost of the last time. */
  async fold(kind: Kind, number: number, clicks: Clicks, times: number): Promise<FoldCost> {
    const first = this.#firstSale(new CustomerStore(this.ctx.storage.sql));
    const fact = createFact(first, { kind, number, clicks });
    const plain = new CustomerStore(this.ctx.storage.sql);
    for (let time = 1; time < times; time += 1) this.#runAndRollBack(() => this.#apply(plain, fact));
    const { sql, queries } = meterSql(this.ctx.storage.sql);
    const metered = new CustomerStore(sql);
    queries.clear();
    const changed = this.#runAndRollBack(() => this.#apply(metered, fact));
    return { changed, queries: [...queries.values()] };
  }

  #apply(store: CustomerStore, fact: Parameters<typeof applyFact>[1]): number {
    const { name: customer_key = "" } = this.ctx.id;
    const holder = { program_id: fact.event.program_id, customer_key, customer: "bench" };
    return applyFact({ store, holder, send: () => {} }, fact);
  }

  #runAndRollBack<T>(work: () => T): T {
    let result: { value: T } | null = null;
    try {
      this.ctx.storage.transactionSync(() => {
        result = { value: work() };
        throw new Rollback();
      });
    } catch (error) {
      if (!(error instanceof Rollback)) throw error;
    }
    if (result === null) throw new Error("The transaction did not run.");
    return (result as { value: T }).value;
  }

  #firstSale(store: CustomerStore) {
    const first = store.findFact("bench:evt_0");
    if (first === null) throw new Error("The customer has no first sale.");
    return first;
  }
}

export default {
  ...worker,
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (!pathname.startsWith("/bench/"))
      return worker.fetch?.(request, env, ctx) ?? new Response(null, { status: 500 });
    // biome-ignore lint/suspicious/noExplicitAny: only the benchmark calls this.
    const body = await request.json<any>();
    const objectOf = (key: string) => env.CUSTOMERS.getByName(key) as unknown as Customer;
    switch (pathname) {
      case "/bench/token":
        return Response.json(signToken(env, body));
      case "/bench/record": {
        const event: ConversionEvent = body.event;
        return Response.json(await objectOf(body.key ?? customerKeyOf(event)).record(event, Date.now()));
      }
      case "/bench/fill":
        return Response.json((await objectOf(body.key).fill(body.count, body.clicks)) ?? null);
      case "/bench/fold":
        return Response.json(await objectOf(body.key).fold(body.kind, body.number, body.clicks, body.times));
      default:
        return new Response(null, { status: 404 });
    }
  },
} satisfies ExportedHandler<Env, unknown>;

/** Signs a click token. The same time gives the same token. */
function signToken(
  env: Env,
  { clicked_at, ...link }: { clicked_at: number; program_id: number; affiliate_id: number; link_id: number },
): string {
  const [key] = importTokenKeys([Uint8Array.fromBase64(env.TOKEN_KEYS, { alphabet: "base64url" })]);
  if (key === undefined) throw new Error("There is no key to sign with.");
  const id = Uint8Array.fromHex(`${clicked_at.toString(16).padStart(12, "0")}70008000000000000000`);
  return signClickToken(key, { id, visitor: new Uint8Array(8), ...link });
}
