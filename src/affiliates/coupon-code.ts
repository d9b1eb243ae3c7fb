/** Characters without a width, which are copied along with a code: a soft hyphen, joiners, direction and byte order marks. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]/g;

/**
 * A coupon code as it is stored and looked up: customers type it in either case and in full-width letters, and checkouts send
 * it with spaces around it.
 */
export function normalizeCoupon(code: string): string {
  return code.replaceAll(INVISIBLE, "").normalize("NFKC").trim().toUpperCase().normalize("NFKC");
}
