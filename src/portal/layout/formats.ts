/** Formats numbers and times for the reader's locale and time zone. */
import { startOfDay } from "../../lib/calendar.ts";
import { minorDigitsOf } from "../../lib/currency.ts";
import { shiftPoint } from "../../lib/format-money.ts";

/** The reader of a page. */
export interface Reader {
  /** BCP 47. Null if the browser sends none: US English. */
  locale: string | null;
  /** IANA name. */
  zone: string;
}

export const DEFAULT_READER: Reader = { locale: null, zone: "UTC" };

/** Functions that format values. Days are UTC; times are in the reader's zone. */
export interface Formats {
  reader: Reader;
  /** `amount` is in minor units. */
  money: (amount: number, currency: string) => string;
  /** A fraction of minor units, such as earnings per click. Two more digits below a tenth of a unit. */
  smallMoney: (ratio: number, currency: string) => string;
  /** For the axis of a chart, in minor units: `$1.5K`. */
  axisMoney: (amount: number, currency: string) => string;
  count: (count: number) => string;
  /** `0.123` is `12.3%`. */
  percent: (ratio: number) => string;
  /** Basis points: `33.33%` from 3,333. */
  rate: (bps: number) => string;
  /** `+12%`, `−3%`. */
  change: (ratio: number) => string;
  /** The UTC day of a time. Hold periods and payouts follow UTC days, wherever the reader is. */
  date: (ms: number) => string;
  /** Names the zone only if it is UTC. Otherwise the page's footer names it. */
  time: (ms: number) => string;
  clock: (ms: number) => string;
  /** `Jan 3, 2026`, from days since the epoch. */
  day: (day: number) => string;
  /** `Jan 3`, from days since the epoch. */
  shortDay: (day: number) => string;
  /** `2:00 PM`, the start of a UTC hour. */
  hour: (ms: number) => string;
}

const BPS_DIGITS_TO_ONE = 4;
const LOCALE_MAX_CHARACTERS = 35;
const ZONE_MAX_CHARACTERS = 64;
/** Creating the formats of a reader costs as much as rendering a small page, so they are cached. */
const CACHE_MAX = 50;
const cache = new Map<string, Formats>();

/** The reader of a request, from `Accept-Language` and the zone of a cookie. Ignores invalid values. */
export function parseReader(accept_language: string | null, zone: string | undefined): Reader {
  const locale = /^\s*([\w-]+)/.exec(accept_language ?? "")?.[1] ?? "";
  return { locale: isLocale(locale) ? locale : null, zone: zone !== undefined && isTimeZone(zone) ? zone : "UTC" };
}

function isLocale(text: string): boolean {
  if (text === "" || text.length > LOCALE_MAX_CHARACTERS) return false;
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(text).length > 0;
  } catch {
    return false;
  }
}

/** Whether a text is the name of a time zone. */
export function isTimeZone(text: string): boolean {
  if (text.length > ZONE_MAX_CHARACTERS || !/^[A-Za-z]/.test(text)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

/** The formats of a reader. */
export function formatsFor(reader: Reader): Formats {
  const key = `${reader.locale} ${reader.zone}`;
  const cached = cache.get(key);
  if (cached !== undefined) return cached;
  const formats = createFormats(reader);
  if (cache.size >= CACHE_MAX) cache.clear();
  cache.set(key, formats);
  return formats;
}

function createFormats(reader: Reader): Formats {
  const locale = reader.locale ?? "en-US";
  const dates = (timeZone: string, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { timeZone, ...options });
  const ownDay = dates(reader.zone, { dateStyle: "medium" });
  const clock = dates(reader.zone, { hour: "numeric", minute: "2-digit" });
  const day = dates("UTC", { dateStyle: "medium" });
  const shortDay = dates("UTC", { day: "numeric", month: "short" });
  const hour = dates("UTC", { hour: "numeric", minute: "2-digit" });
  const count = new Intl.NumberFormat(locale);
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  const rate = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 2 });
  const change = new Intl.NumberFormat(locale, {
    style: "percent",
    maximumFractionDigits: 0,
    signDisplay: "exceptZero",
  });
  const suffix = reader.zone === "UTC" ? " UTC" : "";
  const moneyFormats = new Map<string, Intl.NumberFormat>();
  const moneyOf = (currency: string, maxDigits: number): Intl.NumberFormat => {
    const key = `${currency} ${maxDigits}`;
    const cached = moneyFormats.get(key);
    if (cached !== undefined) return cached;
    const digits = { minimumFractionDigits: minorDigitsOf(currency), maximumFractionDigits: maxDigits };
    const format = new Intl.NumberFormat(locale, { style: "currency", currency, ...digits });
    moneyFormats.set(key, format);
    return format;
  };
  const axisMoneyOf = (currency: string): Intl.NumberFormat => {
    const key = `${currency} axis`;
    const cached = moneyFormats.get(key);
    if (cached !== undefined) return cached;
    const short = { notation: "compact", currencyDisplay: "narrowSymbol", minimumFractionDigits: 0 } as const;
    const format = new Intl.NumberFormat(locale, { style: "currency", currency, ...short, maximumFractionDigits: 1 });
    moneyFormats.set(key, format);
    return format;
  };
  return {
    reader,
    money: (amount, currency) => {
      const digits = minorDigitsOf(currency);
      // A decimal string: Intl formats it exactly, at any size.
      return moneyOf(currency, digits).format(shiftPoint(amount, digits) as Intl.StringNumericLiteral);
    },
    smallMoney: (ratio, currency) => {
      const digits = minorDigitsOf(currency);
      const units = ratio / 10 ** digits;
      return moneyOf(currency, Math.abs(units) < 0.1 ? digits + 2 : digits).format(units);
    },
    axisMoney: (amount, currency) => axisMoneyOf(currency).format(amount / 10 ** minorDigitsOf(currency)),
    count: (n) => count.format(n),
    percent: (ratio) => percent.format(ratio),
    rate: (bps) => rate.format(shiftPoint(bps, BPS_DIGITS_TO_ONE) as Intl.StringNumericLiteral),
    change: (ratio) => change.format(ratio),
    date: (ms) => day.format(ms),
    time: (ms) => `${ownDay.format(ms)}, ${clock.format(ms)}${suffix}`,
    clock: (ms) => `${clock.format(ms)}${suffix}`,
    day: (n) => day.format(startOfDay(n)),
    shortDay: (n) => shortDay.format(startOfDay(n)),
    hour: (ms) => hour.format(ms),
  };
}
