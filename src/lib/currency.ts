/** Currencies' minor units, by ISO 4217: what checkouts count in and pages show. */

/**
 * Minor digits of ISO 4217 (its list one, column "Minor unit") where they are not two. Intl is not asked: it goes by what
 * people use in cash, and what it says changes with its release, while a ledger's minor units must mean the same for ever.
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

/** How many digits a currency's minor unit has: JPY 0, USD 2, KWD 3. */
export function minorDigitsOf(currency: string): number {
  return (Object.hasOwn(MINOR_DIGITS, currency) ? MINOR_DIGITS[currency] : undefined) ?? 2;
}

/** A decimal as text: its sign, its whole part, its fraction. */
const DECIMAL = /^(-?)(\d{1,16})(?:\.(\d{1,20}))?$/;

/** As many as {@link DECIMAL} lets a fraction have. */
const FRACTION_DIGITS = 20;

/**
 * Minor units from a decimal as text, exactly: ("19.99", "USD") is 1999, ("1,999.5", "KWD") none. Zeros beyond the
 * currency's digits are allowed. Null for what is no such number, has a fraction of a minor unit, or is too large to be exact.
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
 * Minor units from a decimal as text, with half a unit rounded up, away from zero: ("24.155", "EUR") is 2416. For senders
 * that set their own number of digits. Null for what is no such number, or is too large to be exact.
 */
export function roundDecimal(text: string, currency: string): number | null {
  return roundRest(text, [], currency);
}

/** The same of what is left of a decimal without others: they are taken off exactly, and only the rest is rounded. */
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

/** The same of an integer that counts with `digits`: (1345, 2, "JPY") is 13. Null for what is no safe integer. */
export function roundScaled(integer: number, digits: number, currency: string): number | null {
  return Number.isSafeInteger(integer) ? roundTo(BigInt(integer), digits, currency) : null;
}

/** A decimal, in units of {@link FRACTION_DIGITS} digits. */
function readExactly(text: string): bigint | null {
  const match = DECIMAL.exec(text.trim());
  if (match === null) return null;
  const [, sign = "", whole = "", fraction = ""] = match;
  return BigInt(sign + whole + fraction.padEnd(FRACTION_DIGITS, "0"));
}

function roundTo(integer: bigint, digits: number, currency: string): number | null {
  const scaled = integer * 10n ** BigInt(minorDigitsOf(currency));
  const divisor = 10n ** BigInt(digits);
  // Division cuts towards zero: half more, on the same side, rounds.
  const units = Number((2n * scaled + (scaled < 0n ? -divisor : divisor)) / (2n * divisor));
  return Number.isSafeInteger(units) ? units : null;
}

/**
 * ISO minor units from an integer that counts with `digits` (Stripe counts UGX with two, ISO with none). Null where that
 * would be a fraction of a minor unit, or too large to be exact.
 */
export function rescale(integer: number, digits: number, currency: string): number | null {
  const shift = minorDigitsOf(currency) - digits;
  const units = shift >= 0 ? integer * 10 ** shift : integer / 10 ** -shift;
  return Number.isSafeInteger(units) ? units : null;
}
