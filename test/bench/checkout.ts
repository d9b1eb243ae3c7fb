/** A merchant's checkout under load: signed sales, each of a customer of its own, and what they were answered. */
import { Webhook } from "standardwebhooks";

/** One sale, signed once, to be posted as often as a provider would. */
export interface Delivery {
  payment: string;
  headers: Record<string, string>;
  body: string;
}

/** What came of posting some deliveries. */
export interface Posting {
  /** The payments whose delivery was acknowledged (any 2xx). */
  acknowledged: Set<string>;
  failures: number;
  /** Of each answer. */
  latencies_ms: number[];
  seconds: number;
}

/** Minor units of each sale. */
export const SALE_AMOUNT = 9_900;

/** Sales numbered from `first`. Signed beforehand, so that the generator's time is not the Worker's. */
export function makeSales(count: number, first: number, click: string, secret: string): Delivery[] {
  const webhook = new Webhook(secret);
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
    const id = `msg_${number}`;
    const headers = {
      "Content-Type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(now.getTime() / 1_000)),
      "webhook-signature": webhook.sign(id, now, body),
    };
    return { payment, headers, body };
  });
}

/** Posts each delivery once, so many at a time, until all are answered or `stop` says so. */
export async function post(
  url: () => string,
  deliveries: readonly Delivery[],
  connections: number,
  stop: () => boolean = () => false,
): Promise<Posting> {
  const posting: Posting = { acknowledged: new Set(), failures: 0, latencies_ms: [], seconds: 0 };
  const queue = deliveries[Symbol.iterator]();
  const startedAt = performance.now();
  const work = async () => {
    for (const { payment, headers, body } of queue) {
      if (stop()) return;
      const sentAt = performance.now();
      try {
        const response = await fetch(url(), { method: "POST", headers, body });
        await response.arrayBuffer();
        posting.latencies_ms.push(performance.now() - sentAt);
        if (response.ok) posting.acknowledged.add(payment);
        else posting.failures += 1;
      } catch {
        posting.failures += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  posting.seconds = (performance.now() - startedAt) / 1_000;
  return posting;
}
