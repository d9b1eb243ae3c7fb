/** What handling a delivery takes and returns. */
import type { Endpoint } from "../endpoint-queries.ts";
import type { Outcome, Provider, SignedRequest } from "../provider.ts";
import type { Delivery, DeliveryContent } from "./delivery-store.ts";

/** A delivery with everything that handling it needs. */
export interface DeliveryWork {
  delivery: Delivery;
  request: SignedRequest;
  endpoint: Endpoint;
  provider: Provider;
  /** Whether it was handled before; then it has stored its events' ids, maybe as parsed by an earlier adapter. */
  is_retry: boolean;
}

/** What one event of a delivery needs besides the event. */
export interface EventWork extends Omit<DeliveryWork, "request"> {
  content: DeliveryContent;
  /** There is no time left to record the event in its object: it is only stored. */
  is_late: boolean;
}

/** The outcome of a delivery, and the customer identifiers that it recorded: other deliveries may be waiting for them. */
export interface DeliveryResult {
  outcome: Outcome;
  identifiers: string[];
}
