import type { AccountKey } from "../affiliates/enrollment.ts";
import type { AuditMessage } from "../audit/audit-message.ts";
import { AccountObject } from "../commissions/account-object.ts";
import { entryNumberOf, type LedgerEntry } from "../commissions/ledger.ts";
import type { Env } from "../env.ts";
import type { StatementMessage } from "./account-messages.ts";
import type { Drafted, Failed, Paid } from "./account-rpc.ts";
import { listCorrections, listPayable } from "./list-payable.ts";
import { findNextPayout, makeNextPayout, type NextPayout } from "./next-payout.ts";
import { nameWindow, type PayWindow } from "./payout-window.ts";
import {
  cancelStatement,
  failStatement,
  type Paying,
  type PaymentMade,
  payStatement,
  type StatementChange,
  settleStatement,
} from "./statements/change-statement.ts";
import { followEntries } from "./statements/follow-statements.ts";
import {
  type DraftOrder,
  type Gates,
  makeStatement,
  minimumSalesOf,
  reviseStatement,
  type Statement,
} from "./statements/statement.ts";
import { StatementStore } from "./statements/statement-store.ts";
import type { TierAndPayout, TierAndPayoutRequest } from "./tier-and-payout.ts";

/**
 * An affiliate's account with its payouts. Commands run one at a time and have an effect only once per run. Statements,
 * entries and messages change in one transaction.
 */
export abstract class PayingAccountObject extends AccountObject<StatementMessage> {
  readonly #statements: StatementStore;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#statements = new StatementStore(ctx.storage.sql);
  }

  /**
   * Drafts a run's statements, one for each currency with entries. A run drafts only once: repeated calls, also after
   * the run was paid or canceled here, return its existing statements.
   */
  async draftStatements(account: AccountKey, order: DraftOrder, gates: Gates): Promise<Drafted> {
    const drafted = this.change((): Drafted => {
      const earlier = this.#statements.recall(order.run);
      const busy_with = earlier === null ? this.#statements.openRun : earlier.busy_with;
      this.#statements.recordDraft(order.run, busy_with);
      if (busy_with !== null) return { status: "busy", run: busy_with };
      if (earlier !== null) return { status: "drafted", statements: this.#statements.listOfRun(order.run) };
      const statements = this.#state(account, order, gates);
      for (const statement of statements) this.#keep(statement);
      return { status: "drafted", statements };
    });
    await this.settle();
    return drafted;
  }

  /**
   * Takes corrections since the draft into account, before a run is approved: refunds lower what is paid. Returns the
   * run's statements. Repeating it changes nothing more.
   */
  async reviseStatements(order: DraftOrder): Promise<Statement[]> {
    const revised = this.change(() => {
      const unstated = this.#listUnstated();
      return this.#statements.listOfRun(order.run).map((statement) => {
        const own = unstated.filter(({ currency }) => currency === statement.currency);
        const lines = listCorrections(own, (id) => this.#isStated(id));
        const sales = this.#sumSales(order, statement.currency, []);
        const revision = reviseStatement(statement, order, { lines, sales });
        if (revision !== null) this.#keep(revision);
        return revision ?? statement;
      });
    });
    await this.settle();
    return revised;
  }

  /** Settles a run's drafted statements, paid at a time (ms) or left unpaid, and returns the run's statements. */
  async payStatements(run: string, paid_at: number, paying: Paying): Promise<Statement[]> {
    return this.#changeRun(run, (statement) => settleStatement(statement, paid_at, paying, this.numbering(statement)));
  }

  /** Cancels a run's drafted statements at a time (ms) and returns the run's statements. */
  async cancelStatements(run: string, cancelled_at: number): Promise<Statement[]> {
    return this.#changeRun(run, (statement) => cancelStatement(statement, cancelled_at));
  }

  /**
   * Reverses a statement's payment that failed or was returned. Has no effect if it is already reversed. `audit` is sent with the
   * change.
   */
  async failStatement(
    number: number,
    failed: { reason: string; failed_at: number },
    audit?: AuditMessage,
  ): Promise<Failed> {
    const done = this.change((): Failed => {
      const statement = this.#statements.find(number);
      if (statement === null) return { status: "unknown" };
      const change = failStatement(statement, failed, this.numbering(statement));
      if (change !== null) return { status: "failed", statement: this.#apply(change, audit) };
      const isFailed = statement.status === "failed" || statement.status === "returned";
      return isFailed ? { status: "exists", statement } : { status: "not_payable" };
    });
    await this.settle();
    return done;
  }

  /**
   * Records that one statement was paid, as a provider reports it or an admin says. It must not have been carried into
   * a later statement, which pays the amount too. `audit` is sent with the change.
   */
  async payStatement(number: number, made: PaymentMade, audit?: AuditMessage): Promise<Paid> {
    const paid = this.change((): Paid => {
      const statement = this.#statements.find(number);
      if (statement === null) return { status: "unknown" };
      if (statement.status === "paid") return { status: "exists", statement };
      const to = this.#statements.carriedTo(statement);
      if (to !== null) return { status: "carried_on", to };
      const change = payStatement(statement, made, this.numbering(statement));
      return change === null ? { status: "not_payable" } : { status: "paid", statement: this.#apply(change, audit) };
    });
    await this.settle();
    return paid;
  }

  /** Up to `limit` statements after a number, in order. */
  async readStatements(after: number, limit: number): Promise<Statement[]> {
    return this.#statements.list(after, limit);
  }

  /** One statement with its entries, or null. */
  async readStatement(number: number): Promise<{ statement: Statement; entries: LedgerEntry[] } | null> {
    const statement = this.#statements.find(number);
    return statement === null ? null : { statement, entries: this.store.pickEntries(statement.entries) };
  }

  /** The statements that show what happened to some entries, in order and without their other entries. */
  async followEntries(entries: readonly number[]): Promise<Statement[]> {
    const statedBy = (entry: number) => this.#statements.statedBy(entry);
    const numbers = entries.map(statedBy).filter((number) => number !== null);
    if (numbers.length === 0) return [];
    const all = this.#statements.list(Math.min(...numbers) - 1, Number.MAX_SAFE_INTEGER);
    return followEntries(all, statedBy, entries).map((statement) => ({ ...statement, entries: [] }));
  }

  /** The carried-over balance of each currency. */
  async readCarried(): Promise<[currency: string, amount: number][]> {
    return [...this.#statements.carried()];
  }

  /**
   * The account's tier and next payout; null for what wasn't requested. Changes nothing. The call keeps its name, because
   * the previous release uses it during a deployment.
   */
  async describeStanding(account: AccountKey, { tier, payout }: TierAndPayoutRequest): Promise<TierAndPayout> {
    return {
      tier: tier && (await this.describeTier(account, tier.tiers, tier.at)),
      next_payout: payout && this.#describeNextPayout(account, payout),
    };
  }

  #describeNextPayout(account: AccountKey, asked: NonNullable<TierAndPayoutRequest["payout"]>): NextPayout | null {
    const open = this.#statements.openRun;
    const [drafted, ...others] = open === null ? [] : this.#statements.listOfRun(open);
    if (drafted !== undefined) return makeNextPayout(asked.payout, drafted, [drafted, ...others], true);
    const wasRun = (window: PayWindow) =>
      asked.months_run.includes(nameWindow(window)) || this.#statements.wasRun(window);
    // Reused for each window that is tried.
    const unstated = this.#listUnstated();
    return findNextPayout(asked, wasRun, (order) => this.#state(account, order, asked.gates, unstated));
  }

  /** Sends all entries and statements to the read models again. Returns the number of entries. */
  override async reproject(): Promise<number> {
    const statements = this.#statements.list(0, Number.MAX_SAFE_INTEGER);
    this.change(() => this.outbox.put(statements.map(toMessage)));
    return super.reproject();
  }

  #isStated(id: string): boolean {
    return this.#statements.statedBy(entryNumberOf(id)) !== null;
  }

  #listUnstated(): LedgerEntry[] {
    return this.store.pickEntries(this.#statements.unstated(this.store.head.entries));
  }

  #state(account: AccountKey, order: DraftOrder, gates: Gates, unstated = this.#listUnstated()): Statement[] {
    const payable = listPayable(
      unstated,
      (id) => this.#isStated(id),
      order,
      (entry) => this.store.settledAt(entry),
    );
    const lines = Map.groupBy(payable, ({ currency }) => currency);
    const carried = this.#statements.carried();
    let number = this.#statements.last;
    return [...new Set([...lines.keys(), ...carried.keys()])].sort().flatMap((currency) => {
      const opening = carried.get(currency) ?? 0;
      const own = lines.get(currency) ?? [];
      if (opening === 0 && own.length === 0) return [];
      number += 1;
      const sales = this.#sumSales(order, currency, own);
      return [makeStatement(order, gates, { account, number, currency, opening, lines: own, sales })];
    });
  }

  /** The affiliate's own sales, as refunded so far, whose commissions are carried over or in new lines. */
  #sumSales(order: DraftOrder, currency: string, lines: readonly LedgerEntry[]): number {
    if (minimumSalesOf(order, currency) === 0) return 0;
    const carried = this.store.pickEntries(this.#statements.listCarriedEntries(currency));
    const conversions = new Set(
      [...carried, ...lines].flatMap(({ kind, conversion }) =>
        kind === "commission" && conversion !== null ? [conversion] : [],
      ),
    );
    return [...conversions]
      .flatMap((conversion) => this.store.findSale(conversion)?.state ?? [])
      .filter(({ credited }) => credited)
      .reduce((sum, { amount, refunded }) => sum + Math.max(amount - refunded, 0), 0);
  }

  #changeRun(run: string, decide: (statement: Statement) => StatementChange | null): Promise<Statement[]> {
    return this.#changeEach(this.#statements.listOfRun(run), decide, () => this.#statements.recordDraft(run, null));
  }

  async #changeEach(
    statements: readonly Statement[],
    decide: (statement: Statement) => StatementChange | null,
    first = () => {},
  ): Promise<Statement[]> {
    const changed = this.change(() => {
      first();
      return statements.map((statement) => {
        const change = decide(statement);
        return change === null ? statement : this.#apply(change);
      });
    });
    await this.settle();
    return changed;
  }

  #apply({ statement, posted }: StatementChange, audit?: AuditMessage): Statement {
    this.add(posted);
    this.#keep(statement);
    if (audit !== undefined) this.outbox.put([audit]);
    return statement;
  }

  #keep(statement: Statement): void {
    this.#statements.put(statement);
    this.outbox.put([toMessage(statement)]);
  }
}

function toMessage(statement: Statement): StatementMessage {
  return { to: "statements", statement };
}
