import type { ConversionEvent, Receipt } from "../webhooks/conversion-event.ts";
import type { Dispute, DisputeResult } from "./dispute.ts";
import type { CustomerHistory } from "./messages.ts";

/** The calls of a Customer object; see `customer-object.ts` for what each promises. */
export interface CustomerRpc extends Rpc.DurableObjectBranded {
  record(event: ConversionEvent, receivedAt: number): Promise<Receipt>;
  dispute(dispute: Dispute): Promise<DisputeResult>;
  handOver(into: string): Promise<void>;
  adopt(history: CustomerHistory): Promise<void>;
  relay(): Promise<number>;
  reproject(): Promise<number>;
}
