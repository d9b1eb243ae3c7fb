/** A merchant's checkout under load: posts signed events and records the responses. */
import { Webhook } from "standardwebhooks";

/** A signed event, which can be posted several times, as a provider would. */
export interface Delivery {
  /** A unique name, for example a sale's payment. */
  name: string;
  headers: Record<string, string>;
  body: string;
}

/** The result of posting some deliveries. */
export interface Posting {
  /** The names of the deliveries that were acknowledged (any 2xx). */
  acknowledged: Set<string>;
  /** The deliveries that were acknowledged or refused and need not be posted again. */
  posted: Set<Delivery>;
  /** The response to each delivery that was not acknowledged, by name. */
  refusals: Map<string, string>;
  /** The number of deliveries refused or not answered. */
  failures: number;
  /** One for each answer. */
  latencies_ms: number[];
  seconds: number;
}

/** The amount of each sale in minor units. */
export const SALE_AMOUNT = 9_900;

/** Creates sales numbered from `first`, each of a different customer. They are signed in advance, so that signing does not add to the measured time. */
export function createSales(count: number, first: number, click: string, secret: string): Delivery[] {
  const now = new Date();
  return Array.from({ length: count }, (_, n) => {
    const number = first + n;
    const payment = `pay_${number}`;
    const body = JSON.stringify({
      type: "sale",
      occurred_at: now.toISOString(),
      customer: { id: `cus_${number}`, email: `customer-${number}@example.com` },
      click,
      payment,
      amount: SALE_AMOUNT,
      currency: "USD",
    });
    return { name: payment, ...sign(secret, `msg_${number}`, now, body) };
  });
}

/** Signs an event by the Standard Webhooks specification. */
export function sign(secret: string, id: string, at: Date, body: string): Omit<Delivery, "name"> {
  const headers = {
    "Content-Type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
    "webhook-signature": new Webhook(secret).sign(id, at, body),
  };
  return { headers, body };
}

/** Posts each delivery once, `connections` at a time, until all are answered or `stop` returns true. */
export async function post(
  url: () => string,
  deliveries: readonly Delivery[],
  connections: number,
  stop: () => boolean = () => false,
): Promise<Posting> {
  const posting: Posting = {
    acknowledged: new Set(),
    posted: new Set(),
    refusals: new Map(),
    failures: 0,
    latencies_ms: [],
    seconds: 0,
  };
  const queue = deliveries[Symbol.iterator]();
  const startedAt = performance.now();
  const work = async () => {
    for (const delivery of queue) {
      const { name, headers, body } = delivery;
      if (stop()) return;
      const sentAt = performance.now();
      try {
        const response = await fetch(url(), { method: "POST", headers, body });
        const text = await response.text();
        posting.latencies_ms.push(performance.now() - sentAt);
        // 429 and 5xx mean that the event must be sent again.
        if (response.status < 429) posting.posted.add(delivery);
        if (response.ok) posting.acknowledged.add(name);
        else {
          posting.failures += 1;
          posting.refusals.set(name, `${response.status} ${text}`);
        }
      } catch {
        posting.failures += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  posting.seconds = (performance.now() - startedAt) / 1_000;
  return posting;
}
