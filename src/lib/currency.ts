/** Minor units of currencies (ISO 4217), and exact conversion of amounts to them. */

/**
 * Minor digits of ISO 4217 (list one, column "Minor unit") if they are not two. Not from Intl: its digits follow the use of
 * cash and change between releases, but a ledger's minor units must keep their meaning forever.
 */
const MINOR_DIGITS: Readonly<Record<string, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
  CLF: 4,
  UYW: 4,
};

/** The number of minor digits of a currency: JPY 0, USD 2, KWD 3. */
export function minorDigitsOf(currency: string): number {
  return (Object.hasOwn(MINOR_DIGITS, currency) ? MINOR_DIGITS[currency] : undefined) ?? 2;
}

/** A decimal as text: sign, whole part, fraction. */
const DECIMAL = /^(-?)(\d{1,16})(?:\.(\d{1,20}))?$/;

/** The most digits of a fraction in {@link DECIMAL}. */
const FRACTION_DIGITS = 20;

/**
 * Parses a decimal to minor units, exactly: ("19.99", "USD") is 1999, ("1,999.5", "KWD") null. Zeros beyond the currency's
 * digits are allowed. Null if it isn't a decimal, has a fraction of a minor unit, or is too large to be exact.
 */
export function parseDecimal(text: string, currency: string): number | null {
  const match = DECIMAL.exec(text.trim());
  if (match === null) return null;
  const [, sign, whole = "", fraction = ""] = match;
  const digits = minorDigitsOf(currency);
  if (/[1-9]/.test(fraction.slice(digits))) return null;
  const units = Number(whole + fraction.slice(0, digits).padEnd(digits, "0"));
  if (!Number.isSafeInteger(units)) return null;
  return sign === "-" && units !== 0 ? -units : units;
}

/**
 * Parses a decimal to minor units, with half a unit rounded away from zero: ("24.155", "EUR") is 2416. For senders with their
 * own number of digits. Null if it isn't a decimal, or is too large to be exact.
 */
export function roundDecimal(text: string, currency: string): number | null {
  return roundRest(text, [], currency);
}

/** {@link roundDecimal} of `whole` minus all `parts`: the subtraction is exact, and only its result is rounded. */
export function roundRest(whole: string, parts: readonly string[], currency: string): number | null {
  const [from, ...off] = [whole, ...parts].map(readExactly);
  if (from === undefined || from === null) return null;
  let rest = from;
  for (const part of off) {
    if (part === null) return null;
    rest -= part;
  }
  return roundTo(rest, FRACTION_DIGITS, currency);
}

/** {@link roundDecimal} of an integer with `digits` minor digits: (1345, 2, "JPY") is 13. Null if it isn't a safe integer. */
export function roundScaled(integer: number, digits: number, currency: string): number | null {
  return Number.isSafeInteger(integer) ? roundTo(BigInt(integer), digits, currency) : null;
}

/** A decimal as an integer with {@link FRACTION_DIGITS} fraction digits. */
function readExactly(text: string): bigint | null {
  const match = DECIMAL.exec(text.trim());
  if (match === null) return null;
  const [, sign = "", whole = "", fraction = ""] = match;
  return BigInt(sign + whole + fraction.padEnd(FRACTION_DIGITS, "0"));
}

function roundTo(integer: bigint, digits: number, currency: string): number | null {
  const scaled = integer * 10n ** BigInt(minorDigitsOf(currency));
  const divisor = 10n ** BigInt(digits);
  // Division truncates toward zero; adding a half with the same sign rounds.
  const units = Number((2n * scaled + (scaled < 0n ? -divisor : divisor)) / (2n * divisor));
  return Number.isSafeInteger(units) ? units : null;
}

/**
 * Converts an integer with `digits` minor digits to ISO minor units (Stripe uses two digits for UGX, ISO none). Null if the
 * result has a fraction or is too large to be exact.
 */
export function rescale(integer: number, digits: number, currency: string): number | null {
  const shift = minorDigitsOf(currency) - digits;
  const units = shift >= 0 ? integer * 10 ** shift : integer / 10 ** -shift;
  return Number.isSafeInteger(units) ? units : null;
}
