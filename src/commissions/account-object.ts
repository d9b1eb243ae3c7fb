import { DurableObject } from "cloudflare:workers";
import type { AccountKey } from "../affiliates/enrollment.ts";
import type { AuditMessage } from "../audit/audit-message.ts";
import type { AttributedSale } from "../customers/conversion.ts";
import { openDatabase } from "../db/database.ts";
import { dryRun } from "../db/dry-run.ts";
import { insertRows, isEmptyObject, packObject, unpackObject } from "../db/object-backup.ts";
import { Outbox } from "../db/outbox.ts";
import type { Env } from "../env.ts";
import type { Tiers } from "../programs/terms.ts";
import { AccountStore, subjectOf } from "./account-store.ts";
import type { ChainHead } from "./chain.ts";
import { describeTier, type TierView } from "./judge-tier.ts";
import { entryIdOf, type LedgerEntry, type NumberEntry, type UnchainedEntry } from "./ledger.ts";
import {
  type AccountDetails,
  loadAccountDetails,
  loadApproved,
  loadSaleConditions,
  type SaleConditions,
} from "./lookup-queries.ts";
import { type AccountMessage, readMessage } from "./messages.ts";
import { type Adjusted, type Adjustment, postAdjustment } from "./post-adjustment.ts";
import { completeSale, type PreviewedPosts, postOverride, type SponsoredSale } from "./post-sale.ts";
import { recordSale } from "./record-sale.ts";

/** The key that stores the {@link AccountDetails}. Objects of earlier releases hold it too. */
const DETAILS = "surroundings";
/** The number of entries added to the outbox at a time. */
const REPROJECT_BATCH = 1_000;

/**
 * One affiliate's ledger in one program. The object serializes all writes; entries, their hash chain and the outbox
 * change in one transaction. Subclasses decide where messages go and may add message types.
 */
export abstract class AccountObject<More extends { to: string } = never> extends DurableObject<Env> {
  protected readonly store: AccountStore;
  protected readonly outbox: Outbox<AccountMessage | More | LedgerEntry>;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.store = new AccountStore(ctx.storage.sql);
    this.outbox = new Outbox(ctx.storage, (message) => this.deliver(readMessage(message)));
    ctx.blockConcurrencyWhile(async () => {
      this.change(() => this.outbox.put(toReports(this.store.chainUnchained())));
      await this.outbox.rearm(Date.now());
    });
  }

  /** Delivers one message. Receivers are idempotent. Throws if delivery failed. */
  protected abstract deliver(message: AccountMessage | More): Promise<void>;

  /**
   * Posts the entries that a sale's newest state requires. Resolves once they are durable. A revision that isn't newer
   * posts nothing, but restores details that older versions didn't store. Throws without changing anything if D1 is
   * unavailable.
   */
  async post(received: AttributedSale): Promise<void> {
    const sale = completeSale(received);
    const [details, conditions] = await Promise.all([this.#accountDetails(sale), this.findConditions(sale)]);
    this.change(() => this.#post(sale, details, conditions));
    await this.settle();
  }

  /** What the sale's entries depended on at its time. Throws if D1 is unavailable. */
  protected findConditions(sale: AttributedSale): Promise<SaleConditions> {
    return loadSaleConditions(openDatabase(this.env.DB), sale, sale.occurred_at);
  }

  /**
   * Posts this affiliate's second-tier commission as the sponsor of a sale, like {@link post}. The sponsor's enrollment
   * status is looked up once.
   */
  async postOverride(received: SponsoredSale): Promise<void> {
    const sale = completeSale(received.sale);
    const { sponsor_id } = received;
    const approved = await this.#findApproved({ sponsor_id, sale });
    this.change(() => this.#postOverride({ sale, sponsor_id }, approved));
    await this.settle();
  }

  /**
   * What {@link post} would add for states of sales, one after the other, and which of them the sponsor's account would get.
   * Changes nothing.
   */
  async previewPosts(received: readonly AttributedSale[]): Promise<PreviewedPosts> {
    const sales = received.map(completeSale);
    const [first] = sales;
    if (first === undefined) return { entries: [], sponsored: [] };
    const kept = this.store.recall<AccountDetails>(DETAILS);
    const details = kept?.value ?? (await loadAccountDetails(openDatabase(this.env.DB), first));
    const posts = await Promise.all(sales.map(async (sale) => ({ sale, conditions: await this.findConditions(sale) })));
    return this.#tryPosting(() => posts.flatMap(({ sale, conditions }) => this.#post(sale, details, conditions) ?? []));
  }

  /** The same for {@link postOverride}. */
  async previewOverrides(received: readonly SponsoredSale[]): Promise<LedgerEntry[]> {
    const posts = await Promise.all(
      received.map(async ({ sale, sponsor_id }) => ({
        sponsored: { sponsor_id, sale: completeSale(sale) },
        approved: await this.#findApproved({ sponsor_id, sale }),
      })),
    );
    const { entries } = this.#tryPosting(() => {
      for (const { sponsored, approved } of posts) this.#postOverride(sponsored, approved);
      return [];
    });
    return entries;
  }

  /** Gives an erased customer another opaque id, so that it still counts once. Posts nothing. */
  async renameCustomer(from: readonly string[], to: string): Promise<void> {
    this.change(() => {
      for (const customer of from) this.store.renameCustomer(customer, to);
    });
    await this.settle();
  }

  /**
   * Posts an admin's adjustment once per key, dated with the time (ms) of the first call. `audit` is left out by the previous
   * release.
   */
  async adjust(key: string, adjustment: Adjustment, now: number, audit?: AuditMessage): Promise<Adjusted<LedgerEntry>> {
    const subject = subjectOf.adjustment(key);
    const adjusted = this.change((): Adjusted<LedgerEntry> => {
      const [made = null] = this.store.listEntriesOf(subject);
      const decided = postAdjustment(adjustment, made, { now, next: this.numbering(adjustment) });
      if (decided.status !== "posted") return decided as Adjusted<LedgerEntry>;
      const [entry] = this.add([decided.entry], subject);
      if (entry === undefined) throw new Error("an entry that was posted is not there");
      if (audit !== undefined) this.outbox.put([audit]);
      return { status: "posted", entry };
    });
    await this.settle();
    return adjusted;
  }

  /** Up to `limit` entries after a number, in order. */
  async readEntries(after: number, limit: number): Promise<LedgerEntry[]> {
    return this.store.listEntries(after, limit);
  }

  /** The current end of the chain. */
  async readHead(): Promise<ChainHead> {
    return this.store.head;
  }

  /** The affiliate's tier at a time (ms), based on the sales known now. */
  async describeTier(account: AccountKey, tiers: Tiers, at: number): Promise<TierView> {
    const { program_currency } = await this.#accountDetails(account);
    return describeTier(tiers, { sales: this.store.listSales(), at, program_currency });
  }

  /** Sends all entries to the read models again, which is idempotent. Returns how many. */
  async reproject(): Promise<number> {
    const count = this.change(() => {
      let last = 0;
      for (let page = this.store.listEntries(0, REPROJECT_BATCH); page.length > 0; ) {
        this.outbox.put(toReports(page));
        last = page.at(-1)?.number ?? last;
        page = this.store.listEntries(last, REPROJECT_BATCH);
      }
      return last;
    });
    await this.settle();
    return count;
  }

  /** A copy of everything that this object stores, of one moment. */
  async readBackup(): Promise<Uint8Array<ArrayBuffer>> {
    return packObject(this.ctx.storage.sql, { format: 1, ...this.#backupName });
  }

  /**
   * Puts a copy back. Returns false, and changes nothing, if the object stores anything. Its pending messages are sent with the
   * next change or rebuild, so that all objects can be restored before.
   */
  async restoreBackup(packed: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const rows = await unpackObject(packed, this.#backupName);
    const { storage } = this.ctx;
    const isRestored = this.change(() => {
      if (!isEmptyObject(storage.sql)) return false;
      insertRows(storage.sql, rows);
      return true;
    });
    this.store.forget();
    await storage.sync();
    return isRestored;
  }

  /** Sends pending messages now, without waiting for the alarm. Returns how many are left. */
  async relay(): Promise<number> {
    await this.outbox.relay(Date.now);
    return this.outbox.size;
  }

  override async alarm(): Promise<void> {
    await this.outbox.relay(Date.now);
  }

  /** Whether a sponsor is approved for a sale, as decided when its account first got the sale. */
  async #findApproved({ sale, sponsor_id }: SponsoredSale): Promise<boolean> {
    const account = { program_id: sale.program_id, affiliate_id: sponsor_id };
    const before = this.store.findOverride(sale);
    return before?.approved ?? loadApproved(openDatabase(this.env.DB), account, sale.occurred_at);
  }

  #postOverride({ sale, sponsor_id }: SponsoredSale, approved: boolean): void {
    const before = this.store.findOverride(sale);
    if (before !== null && sale.revision <= before.revision) return;
    const isApproved = before?.approved ?? approved;
    this.store.putOverride(sale, isApproved);
    const entries = this.store.listEntriesOf(sale.conversion);
    const next = this.numbering({ program_id: sale.program_id, affiliate_id: sponsor_id });
    this.add(postOverride({ sale, sponsor_id }, { entries, approved: isApproved, next }));
  }

  /** Runs `post`, rolls it back, and returns the entries that it posted. */
  #tryPosting(post: () => SponsoredSale[]): PreviewedPosts {
    try {
      return dryRun(this.ctx.storage, () => {
        const before = this.store.head.entries;
        const sponsored = post();
        return { entries: this.store.listEntries(before, Number.MAX_SAFE_INTEGER), sponsored };
      });
    } finally {
      this.store.forget();
    }
  }

  /** Posts a sale. Returns what the sponsor's account is sent, or null. */
  #post(
    sale: AttributedSale,
    { program_currency }: AccountDetails,
    { affiliate_rates, sponsor_id: sponsor }: SaleConditions,
  ): SponsoredSale | null {
    const found = this.store.findSale(sale.conversion);
    const isKept = found !== null && found.state !== null;
    if (found !== null && (sale.revision < found.revision || (isKept && sale.revision === found.revision))) return null;
    const sponsor_id = sponsor === sale.affiliate_id ? null : sponsor;
    const state = {
      program_currency,
      sponsor_id,
      affiliate_rates,
      now: Date.now(),
      before: found?.state ?? null,
      entries: this.store.listEntriesOf(sale.conversion),
      sales: () => this.store.listSales(),
      commission: () => this.store.netCommission(program_currency),
      commissions: () => this.store.listCommissions(program_currency),
      bonuses: (mark: string) => this.store.listEntriesOf(subjectOf.bonus(mark)),
    };
    const { known, posted, bonuses, notify_sponsor } = recordSale(state, sale, this.numbering(sale));
    this.add(posted);
    for (const { mark, entries } of bonuses) this.add(entries, subjectOf.bonus(mark));
    this.store.putSale(sale.revision, known);
    if (!notify_sponsor || sponsor_id === null) return null;
    const sponsored = { sponsor_id, sale };
    this.outbox.put([{ to: "sponsor", sponsored }]);
    return sponsored;
  }

  /** Appends entries to the chain and sends them to the read models. */
  protected add(posted: readonly UnchainedEntry[], subject = ""): LedgerEntry[] {
    const entries = this.store.addEntries(posted, subject);
    this.outbox.put(toReports(entries));
    return entries;
  }

  protected numbering(account: AccountKey): NumberEntry {
    let number = this.store.head.entries;
    return () => {
      number += 1;
      return { number, id: entryIdOf(account, number) };
    };
  }

  get #backupName() {
    return { object: "account", key: this.ctx.id.name ?? "" } as const;
  }

  async #accountDetails(account: AccountKey): Promise<AccountDetails> {
    const known = this.store.recall<AccountDetails>(DETAILS);
    if (known !== null) return known.value;
    const details = await loadAccountDetails(openDatabase(this.env.DB), account);
    this.store.remember(DETAILS, details);
    return details;
  }

  /** Runs a change in one transaction. */
  protected change<Result>(change: () => Result): Result {
    try {
      return this.ctx.storage.transactionSync(change);
    } catch (error) {
      this.store.forget();
      throw error;
    }
  }

  /** Resolves once changes are on disk and messages are being sent. */
  protected async settle(): Promise<void> {
    if (!this.outbox.isEmpty) await this.ctx.storage.setAlarm(Date.now());
    await this.ctx.storage.sync();
  }
}

function toReports(entries: readonly LedgerEntry[]): AccountMessage[] {
  return entries.map((entry) => ({ to: "reports", entry }));
}
