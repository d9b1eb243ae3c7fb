/** An event of which a provider says nothing but its id, type and time. */
export const BARE = {
  customer: { id: null, email: null },
  click: null,
  coupon: null,
  payment: null,
  aliases: [],
  refund: null,
  amount: null,
  gross: null,
  currency: null,
  product: null,
  subscription: null,
  test: false,
  account: null,
};
