/**
 * A coupon code as it is stored and looked up: customers type it in either case and in full-width letters, and checkouts send
 * it with spaces around it.
 */
export function normalizeCoupon(code: string): string {
  return code.normalize("NFKC").trim().toUpperCase().normalize("NFKC");
}
