/** The story's events from the generic checkout. */

/** A customer's sale, in US dollars by default; its payment is named after its event. */
export function saleOf(id: string, customer: string, amount: number, fields: Record<string, unknown> = {}) {
  return { type: "sale", customer: { id: customer }, payment: `pay_${id}`, amount, currency: "USD", ...fields };
}

/** A monthly subscription. */
export function monthly(name: string) {
  return { subscription: { id: `sub_${name}`, interval: "month" }, product: "starter" };
}

/** The fields with which a refund or chargeback names its sale. */
export function takeBackOf(sale: Record<string, unknown> = {}, amount: number) {
  const { customer, payment, currency } = sale;
  return { customer, payment, currency, amount };
}
