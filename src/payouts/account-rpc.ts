import type { AccountKey } from "../affiliates/enrollment.ts";
import type { AuditMessage } from "../audit/audit-message.ts";
import type { ChainHead } from "../commissions/chain.ts";
import type { TierView } from "../commissions/judge-tier.ts";
import type { LedgerEntry } from "../commissions/ledger.ts";
import type { Adjusted, Adjustment } from "../commissions/post-adjustment.ts";
import type { PreviewedPosts, SponsoredSale } from "../commissions/post-sale.ts";
import type { AttributedSale } from "../customers/conversion.ts";
import type { Tiers } from "../programs/terms.ts";
import type { Paying, PaymentMade } from "./statements/change-statement.ts";
import type { DraftOrder, Gates, Statement } from "./statements/statement.ts";
import type { TierAndPayout, TierAndPayoutRequest } from "./tier-and-payout.ts";

/** The result of drafting. `busy`: another run holds this account's balance and must finish first. */
export type Drafted = { status: "drafted"; statements: Statement[] } | { status: "busy"; run: string };

/** The result of failing a payment. */
export type Failed = { status: "failed" | "exists"; statement: Statement } | { status: "unknown" | "not_payable" };

/**
 * The result of recording one payment. `exists`: it was paid before. `carried_on`: a later statement includes its amount.
 * `not_payable`: it pays nothing, or its payment was returned.
 */
export type Paid =
  | { status: "paid" | "exists"; statement: Statement }
  | { status: "unknown" | "not_payable" }
  | { status: "carried_on"; to: number };

/** The RPC methods of an Account object, documented in `account-object.ts` and `paying-account-object.ts`. */
export interface AccountRpc extends Rpc.DurableObjectBranded {
  post(sale: AttributedSale): Promise<void>;
  postOverride(sponsored: SponsoredSale): Promise<void>;
  previewPosts(sales: readonly AttributedSale[]): Promise<PreviewedPosts>;
  previewOverrides(sponsored: readonly SponsoredSale[]): Promise<LedgerEntry[]>;
  renameCustomer(from: readonly string[], to: string): Promise<void>;
  adjust(key: string, adjustment: Adjustment, now: number, audit?: AuditMessage): Promise<Adjusted<LedgerEntry>>;
  readEntries(after: number, limit: number): Promise<LedgerEntry[]>;
  readHead(): Promise<ChainHead>;
  describeTier(account: AccountKey, tiers: Tiers, at: number): Promise<TierView>;
  draftStatements(account: AccountKey, order: DraftOrder, gates: Gates): Promise<Drafted>;
  reviseStatements(order: DraftOrder): Promise<Statement[]>;
  payStatements(run: string, paid_at: number, paying: Paying): Promise<Statement[]>;
  cancelStatements(run: string, cancelled_at: number): Promise<Statement[]>;
  failStatement(number: number, failed: { reason: string; failed_at: number }, audit?: AuditMessage): Promise<Failed>;
  payStatement(number: number, made: PaymentMade, audit?: AuditMessage): Promise<Paid>;
  readStatements(after: number, limit: number): Promise<Statement[]>;
  readStatement(number: number): Promise<{ statement: Statement; entries: LedgerEntry[] } | null>;
  followEntries(entries: readonly number[]): Promise<Statement[]>;
  readCarried(): Promise<[currency: string, amount: number][]>;
  describeStanding(account: AccountKey, asked: TierAndPayoutRequest): Promise<TierAndPayout>;
  relay(): Promise<number>;
  reproject(): Promise<number>;
  readBackup(): Promise<Uint8Array<ArrayBuffer>>;
  restoreBackup(packed: Uint8Array<ArrayBuffer>): Promise<boolean>;
}
