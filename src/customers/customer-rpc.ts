import type { AuditMessage } from "../audit/audit-message.ts";
import type { ConversionEvent, Receipt } from "../webhooks/conversion-event.ts";
import type { Decision, DecisionResult, PreviewedDecision } from "./decisions/decision.ts";
import type { EnteredSale, PreviewedSale } from "./decisions/manual-sale.ts";
import type { Dispute, DisputeResult, PreviewedDispute } from "./disputes/dispute.ts";
import type { Traces } from "./erasure/traces.ts";
import type { CustomerHistory } from "./messages.ts";
import type { Settlement } from "./payments/settlement.ts";

/** The RPC methods of a Customer object, documented in `customer-object.ts`, `deciding-customer-object.ts` and `mergeable-customer-object.ts`. */
export interface CustomerRpc extends Rpc.DurableObjectBranded {
  record(event: ConversionEvent, receivedAt: number, audit?: AuditMessage): Promise<Receipt>;
  dispute(dispute: Dispute, audit?: AuditMessage): Promise<DisputeResult>;
  previewDispute(dispute: Dispute): Promise<PreviewedDispute>;
  settle(settlement: Settlement, audit?: AuditMessage): Promise<Receipt | null>;
  credit(decision: Decision, audit?: AuditMessage): Promise<DecisionResult>;
  previewCredit(decision: Decision): Promise<PreviewedDecision>;
  enter(sale: ConversionEvent, now: number, audit?: AuditMessage): Promise<EnteredSale>;
  previewEntry(sale: ConversionEvent, now: number): Promise<PreviewedSale>;
  handOver(into: string): Promise<void>;
  adopt(history: CustomerHistory): Promise<void>;
  readTraces(): Promise<Traces>;
  close(into: string): Promise<Traces>;
  sendAnonymous(): Promise<void>;
  complete(): Promise<void>;
  empty(): Promise<void>;
  relay(): Promise<number>;
  reproject(): Promise<number>;
  readBackup(): Promise<Uint8Array<ArrayBuffer>>;
  restoreBackup(packed: Uint8Array<ArrayBuffer>): Promise<boolean>;
}
