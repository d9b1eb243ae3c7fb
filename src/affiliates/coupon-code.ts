/** A coupon code as it is stored and looked for: customers type it in either case, checkouts send it with spaces around it. */
export function normaliseCoupon(code: string): string {
  return code.trim().toUpperCase();
}
