/** A merchant's checkout under load: signed sales, each of a customer of its own, or other events, and what they were answered. */
import { Webhook } from "standardwebhooks";

/** One event, signed once, to be posted as often as a provider would. */
export interface Delivery {
  /** Tells it from all others: a sale's payment, or whatever else there is one of. */
  name: string;
  headers: Record<string, string>;
  body: string;
}

/** What came of posting some deliveries. */
export interface Posting {
  /** The names of the deliveries that were acknowledged (any 2xx). */
  acknowledged: Set<string>;
  /** All that were acknowledged or refused, which need not be posted again. */
  posted: Set<Delivery>;
  /** Of those that were answered by anything else, the answer. */
  refusals: Map<string, string>;
  /** Not acknowledged: refused, or not answered. */
  failures: number;
  /** Of each answer. */
  latencies_ms: number[];
  seconds: number;
}

/** Minor units of each sale. */
export const SALE_AMOUNT = 9_900;

/** Sales numbered from `first`. Signed beforehand, so that the generator's time is not the Worker's. */
export function makeSales(count: number, first: number, click: string, secret: string): Delivery[] {
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

/** An event as it is posted, signed as the Standard Webhooks specification says. */
export function sign(secret: string, id: string, at: Date, body: string): Omit<Delivery, "name"> {
  const headers = {
    "Content-Type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
    "webhook-signature": new Webhook(secret).sign(id, at, body),
  };
  return { headers, body };
}

/** Posts each delivery once, so many at a time, until all are answered or `stop` says so. */
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
        // 5xx and 429 ask for it again.
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
