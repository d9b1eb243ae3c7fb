/**
 * The Worker of `src/` with doors to its Account objects, so that nothing stands between a measurement and them:
 *
 *     POST /bench/post  {sale} posts it; answered once it is durable
 *     POST /bench/fill  {account, count, terms} gives an account so many sales, past the door and telling nobody
 *     POST /bench/decide {account, number, terms, times} decides so often what one more sale posts
 *     POST /bench/wake  {account, times} reads so often what an account that wakes up reads of its sales and entries
 */
import { AccountStore } from "../../src/commissions/account-store.ts";
import { accountKeyOf, entryIdOf } from "../../src/commissions/ledger.ts";
import { takeSale } from "../../src/commissions/take-sale.ts";
import type { Env } from "../../src/env.ts";
import worker, { Account as ShippedAccount } from "../../src/index.ts";
import { makeSale, type TermsName } from "./postings-sales.ts";

export { Customer } from "../../src/index.ts";

type AccountKey = { program_id: number; affiliate_id: number };

/** Sales that are added in one transaction. */
const FILLED_AT_ONCE = 500;
const CURRENCY = "USD";

/** The Account object that ships, and ways past its door. To be filled before it is first posted to. */
export class Account extends ShippedAccount {
  async fill(account: AccountKey, count: number, terms: TermsName): Promise<void> {
    const store = new AccountStore(this.ctx.storage.sql);
    // Filled by terms that look at nothing: by what they count as, sales are the same.
    for (let from = 0; from < count; from += FILLED_AT_ONCE) {
      this.ctx.storage.transactionSync(() => {
        for (let number = from; number < Math.min(from + FILLED_AT_ONCE, count); number += 1) {
          let last = number;
          const next = () => {
            last += 1;
            return { number: last, id: entryIdOf(account, last) };
          };
          const sale = { ...makeSale(account, number, "plain"), amount: makeSale(account, number, terms).amount };
          const books = {
            ...{ program_currency: CURRENCY, sponsor_id: null, before: null, entries: [] },
            ...{ sales: () => [], commission: () => 0, bonuses: () => 0 },
          };
          const { known, posted } = takeSale(books, sale, next);
          store.addEntries(posted, "");
          store.putSale(sale.revision, known);
        }
      });
      await this.ctx.storage.sync();
    }
  }

  /** What is decided, without writing any of it. */
  async decide(account: AccountKey, number: number, terms: TermsName, times: number): Promise<number> {
    const store = new AccountStore(this.ctx.storage.sql);
    const sale = makeSale(account, number, terms);
    let posted = 0;
    for (let time = 0; time < times; time += 1) {
      const books = {
        ...{ program_currency: CURRENCY, sponsor_id: null, before: null, entries: [] },
        ...{ sales: () => store.listSales(), commission: () => store.netCommission(CURRENCY), bonuses: () => 1_000 },
      };
      posted = takeSale(books, sale, () => ({ number: 1, id: "" })).posted.length;
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
    // biome-ignore lint/suspicious/noExplicitAny: its own generator writes it.
    const asked = await request.json<any>();
    const objectOf = (account: AccountKey) => env.ACCOUNTS.getByName(accountKeyOf(account)) as unknown as Account;
    switch (pathname) {
      case "/bench/post": {
        const sale = makeSale(asked.account, asked.number, asked.terms);
        await objectOf(sale).post(sale);
        return Response.json(null);
      }
      case "/bench/fill":
        await objectOf(asked.account).fill(asked.account, asked.count, asked.terms);
        return Response.json(null);
      case "/bench/decide":
        return Response.json(
          await objectOf(asked.account).decide(asked.account, asked.number, asked.terms, asked.times),
        );
      case "/bench/wake":
        return Response.json(await objectOf(asked.account).wake(asked.times));
      default:
        return new Response(null, { status: 404 });
    }
  },
} satisfies ExportedHandler<Env, unknown>;
