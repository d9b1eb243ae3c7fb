/**
 * The Worker of `src/` with doors to its Customer objects, so that nothing stands between a measurement and them:
 *
 *     POST /bench/token   {clicked_at, program_id, affiliate_id, link_id} → a click token of that time
 *     POST /bench/record  {event, key?} → the receipt, once the event is durable in its customer's object
 *     POST /bench/fill    {key, count, clicks} gives a customer of one sale so many
 *     POST /bench/fold    {key, kind, number, clicks, times} folds one more fact so often, and takes it back each time
 */
import { applyFact } from "../../src/customers/apply-fact.ts";
import { CustomerStore } from "../../src/customers/customer-store.ts";
import type { Env } from "../../src/env.ts";
import worker, { Customer as ShippedCustomer } from "../../src/index.ts";
import { importTokenKeys } from "../../src/lib/signed-text.ts";
import { signClickToken } from "../../src/redirect/click-token.ts";
import { type ConversionEvent, customerKeyOf } from "../../src/webhooks/conversion-event.ts";
import { type Clicks, type Kind, makeFact } from "./attribution-facts.ts";
import { meterSql, type QueryCost } from "./meter-sql.ts";

export { Account } from "../../src/index.ts";

/** What one more fact of a customer costs, by its queries. */
export interface FoldCost {
  /** Conversions that it changed. */
  changed: number;
  queries: QueryCost[];
}

/** Facts that are added in one transaction. */
const FILLED_AT_ONCE = 250;

/** Takes a transaction back. */
class TakenBack extends Error {}

/** The Customer object that ships, and ways past its door. */
export class Customer extends ShippedCustomer {
  /** Adds sales to the one that is there, as `record` does, but relays nothing of them. */
  async fill(count: number, clicks: Clicks): Promise<void> {
    const store = new CustomerStore(this.ctx.storage.sql);
    const first = this.#firstSale(store);
    for (let from = 1; from < count; from += FILLED_AT_ONCE) {
      this.ctx.storage.transactionSync(() => {
        for (let number = from; number < Math.min(from + FILLED_AT_ONCE, count); number += 1) {
          this.#apply(store, makeFact(first, { kind: "newest sale", number, clicks }));
        }
      });
      await this.ctx.storage.sync();
    }
  }

  /** Folds one fact so often, each time as if it were the first time; what it cost the last time. */
  async fold(kind: Kind, number: number, clicks: Clicks, times: number): Promise<FoldCost> {
    const first = this.#firstSale(new CustomerStore(this.ctx.storage.sql));
    const fact = makeFact(first, { kind, number, clicks });
    const plain = new CustomerStore(this.ctx.storage.sql);
    for (let time = 1; time < times; time += 1) this.#tryOut(() => this.#apply(plain, fact));
    const { sql, queries } = meterSql(this.ctx.storage.sql);
    const metered = new CustomerStore(sql);
    queries.clear();
    const changed = this.#tryOut(() => this.#apply(metered, fact));
    return { changed, queries: [...queries.values()] };
  }

  #apply(store: CustomerStore, fact: Parameters<typeof applyFact>[1]): number {
    const { name: customer_key = "" } = this.ctx.id;
    const holder = { program_id: fact.event.program_id, customer_key, customer: "bench" };
    return applyFact({ store, holder, tell: () => {} }, fact);
  }

  #tryOut<T>(work: () => T): T {
    let result: { value: T } | null = null;
    try {
      this.ctx.storage.transactionSync(() => {
        result = { value: work() };
        throw new TakenBack();
      });
    } catch (error) {
      if (!(error instanceof TakenBack)) throw error;
    }
    if (result === null) throw new Error("nothing was tried out");
    return (result as { value: T }).value;
  }

  #firstSale(store: CustomerStore) {
    const first = store.findFact("bench:evt_0");
    if (first === null) throw new Error("the customer has no first sale");
    return first;
  }
}

export default {
  ...worker,
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (!pathname.startsWith("/bench/"))
      return worker.fetch?.(request, env, ctx) ?? new Response(null, { status: 500 });
    // biome-ignore lint/suspicious/noExplicitAny: its own generator writes it.
    const asked = await request.json<any>();
    const objectOf = (key: string) => env.CUSTOMERS.getByName(key) as unknown as Customer;
    switch (pathname) {
      case "/bench/token":
        return Response.json(signToken(env, asked));
      case "/bench/record": {
        const event: ConversionEvent = asked.event;
        return Response.json(await objectOf(asked.key ?? customerKeyOf(event)).record(event, Date.now()));
      }
      case "/bench/fill":
        return Response.json((await objectOf(asked.key).fill(asked.count, asked.clicks)) ?? null);
      case "/bench/fold":
        return Response.json(await objectOf(asked.key).fold(asked.kind, asked.number, asked.clicks, asked.times));
      default:
        return new Response(null, { status: 404 });
    }
  },
} satisfies ExportedHandler<Env, unknown>;

/** The same click's token for the same time. */
function signToken(
  env: Env,
  { clicked_at, ...link }: { clicked_at: number; program_id: number; affiliate_id: number; link_id: number },
): string {
  const [key] = importTokenKeys([Uint8Array.fromBase64(env.TOKEN_KEYS, { alphabet: "base64url" })]);
  if (key === undefined) throw new Error("there is no key to sign with");
  const id = Uint8Array.fromHex(`${clicked_at.toString(16).padStart(12, "0")}70008000000000000000`);
  return signClickToken(key, { id, visitor: new Uint8Array(8), ...link });
}
