/** A paid checkout in Stripe's test mode, to test an endpoint with. */
import type { SampleRequest, SampleSale } from "../../provider.ts";
import { writeUnits } from "../../reading/stripe-units.ts";
import { signTimed, type TimedSignature } from "../../signatures/timed-signature.ts";

export async function signStripeSample(sale: SampleSale, secret: string, form: TimedSignature): Promise<SampleRequest> {
  const { name, click, amount, currency, at } = sale;
  const created = Math.floor(at / 1_000);
  const session = {
    ...{ id: `cs_test_${name}`, object: "checkout.session", livemode: false, created },
    ...{ mode: "payment", payment_status: "paid", status: "complete", client_reference_id: click },
    ...{ customer: `cus_test_${name}`, payment_intent: `pi_test_${name}`, invoice: null, subscription: null },
    ...{ currency: currency.toLowerCase(), amount_total: writeUnits(amount, currency), metadata: {} },
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
  };
  const body = JSON.stringify({
    ...{ id: `evt_test_${name}`, object: "event", type: "checkout.session.completed", created, livemode: false },
    data: { object: session },
  });
  return { body, headers: { [form.header]: await signTimed(body, secret, at, form) } };
}
