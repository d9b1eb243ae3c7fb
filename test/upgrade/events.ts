/** Events of the generic checkout, as the story tells them. */

/** A sale by a customer in US dollars, unless it says otherwise; its payment is named after its event. */
export function saleOf(id: string, customer: string, amount: number, fields: Record<string, unknown> = {}) {
  return { type: "sale", customer: { id: customer }, payment: `pay_${id}`, amount, currency: "USD", ...fields };
}

/** A monthly subscription. */
export function monthly(name: string) {
  return { subscription: { id: `sub_${name}`, interval: "month" }, product: "starter" };
}

/** What a refund or chargeback says of the sale that it takes back a part of. */
export function takeBackOf(sale: Record<string, unknown> = {}, amount: number) {
  const { customer, payment, currency } = sale;
  return { customer, payment, currency, amount };
}
