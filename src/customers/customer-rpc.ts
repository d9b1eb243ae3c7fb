import type { ConversionEvent, Receipt } from "../webhooks/conversion-event.ts";
import type { Dispute, DisputeResult } from "./disputes/dispute.ts";
import type { Traces } from "./erasure/traces.ts";
import type { CustomerHistory } from "./messages.ts";
import type { Settlement } from "./payments/settlement.ts";

/** The RPC methods of a Customer object, documented in `customer-object.ts` and `mergeable-customer-object.ts`. */
export interface CustomerRpc extends Rpc.DurableObjectBranded {
  record(event: ConversionEvent, receivedAt: number): Promise<Receipt>;
  dispute(dispute: Dispute): Promise<DisputeResult>;
  settle(settlement: Settlement): Promise<Receipt | null>;
  handOver(into: string): Promise<void>;
  adopt(history: CustomerHistory): Promise<void>;
  readTraces(): Promise<Traces>;
  close(into: string): Promise<Traces>;
  sendAnonymous(): Promise<void>;
  complete(): Promise<void>;
  empty(): Promise<void>;
  relay(): Promise<number>;
  reproject(): Promise<number>;
}
