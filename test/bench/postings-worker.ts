/**
 * The Worker of `src/` with routes that call its Account objects directly:
 *
 *     POST /bench/post    {account, number, terms}: posts a sale; answers when it is durable
 *     POST /bench/fill    {account, count, terms}: gives an account `count` sales and relays nothing
 *     POST /bench/decide  {account, number, terms, times}: decides what one more sale posts, `times` times
 *     POST /bench/wake    {account, times}: reads the data that an account reads when it starts, `times` times
 */
import { AccountStore } from "../../src/commissions/account-store.ts";
import { accountKeyOf, entryIdOf } from "../../src/commissions/ledger.ts";
import { recordSale } from "../../src/commissions/record-sale.ts";
import type { Env } from "../../src/env.ts";
import worker, { Account as ShippedAccount } from "../../src/index.ts";
import { createSale, type TermsName } from "./postings-sales.ts";

export { Customer } from "../../src/index.ts";

type AccountKey = { program_id: number; affiliate_id: number };

/** Sales added per transaction. */
const SALES_PER_TRANSACTION = 500;
const CURRENCY = "USD";

/** The production Account object, with methods for measuring. Fill it before the first sale is posted. */
export class Account extends ShippedAccount {
  async fill(account: AccountKey, count: number, terms: TermsName): Promise<void> {
    const store = new AccountStore(this.ctx.storage.sql);
    // Filled under terms that do not read known sales. The stored sales are the same under all terms.
    for (let from = 0; from < count; from += SALES_PER_TRANSACTION) {
      this.ctx.storage.transactionSync(() => {
        for (let number = from; number < Math.min(from + SALES_PER_TRANSACTION, count); number += 1) {
          let last = number;
          const next = () => {
            last += 1;
            return { number: last, id: entryIdOf(account, last) };
          };
          const sale = { ...createSale(account, number, "plain"), amount: createSale(account, number, terms).amount };
          const state = {
            ...{ program_currency: CURRENCY, sponsor_id: null, before: null, entries: [] },
            ...{ sales: () => [], commission: () => 0, bonuses: () => [], commissions: () => [] },
          };
          const { known, posted } = recordSale(state, sale, next);
          store.addEntries(posted, "");
          store.putSale(sale.revision, known);
        }
      });
      await this.ctx.storage.sync();
    }
  }

  /** Decides what a sale posts, without writing it. Returns the number of entries. */
  async decide(account: AccountKey, number: number, terms: TermsName, times: number): Promise<number> {
    const store = new AccountStore(this.ctx.storage.sql);
    const sale = createSale(account, number, terms);
    let posted = 0;
    for (let time = 0; time < times; time += 1) {
      const state = {
        ...{ program_currency: CURRENCY, sponsor_id: null, before: null, entries: [] },
        ...{
          sales: () => store.listSales(),
          commission: () => store.netCommission(CURRENCY),
          bonuses: () => [],
          commissions: () => [],
        },
      };
      posted = recordSale(state, sale, () => ({ number: 1, id: "" })).posted.length;
    }
    return posted;
  }

  async wake(times: number): Promise<number> {
    let read = 0;
    for (let time = 0; time < times; time += 1) {
      const store = new AccountStore(this.ctx.storage.sql);
      read = store.listSales().length;
      store.netCommission(CURRENCY);
    }
    return read;
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
    const objectOf = (account: AccountKey) => env.ACCOUNTS.getByName(accountKeyOf(account)) as unknown as Account;
    switch (pathname) {
      case "/bench/post": {
        const sale = createSale(body.account, body.number, body.terms);
        await objectOf(sale).post(sale);
        return Response.json(null);
      }
      case "/bench/fill":
        await objectOf(body.account).fill(body.account, body.count, body.terms);
        return Response.json(null);
      case "/bench/decide":
        return Response.json(await objectOf(body.account).decide(body.account, body.number, body.terms, body.times));
      case "/bench/wake":
        return Response.json(await objectOf(body.account).wake(body.times));
      default:
        return new Response(null, { status: 404 });
    }
  },
} satisfies ExportedHandler<Env, unknown>;
