/** Figures and times as the reader's language and zone write them. */
import { startOfDay } from "../../lib/calendar.ts";
import { minorDigitsOf } from "../../lib/currency.ts";
import { shiftPoint } from "../../lib/format-money.ts";

/** Whom a page is written for. */
export interface Reader {
  /** BCP 47; null where the browser does not say: dates as in Britain, figures as in America. */
  locale: string | null;
  /** IANA name. */
  zone: string;
}

export const DEFAULT_READER: Reader = { locale: null, zone: "UTC" };

/** How to write. Days are UTC days; times are the reader's. */
export interface Formats {
  reader: Reader;
  /** Minor units. */
  money: (amount: number, currency: string) => string;
  /** Of something very small, such as what a click earns: `ratio` of minor units, with two more digits below a tenth. */
  smallMoney: (ratio: number, currency: string) => string;
  count: (count: number) => string;
  /** `0.123` is `12.3%`. */
  percent: (ratio: number) => string;
  /** Basis points: `33.33%` from 3,333. */
  rate: (bps: number) => string;
  /** `+12%`, `−3%`. */
  change: (ratio: number) => string;
  /** The UTC day of a time: holds end and payouts are made by UTC days, wherever the reader is. */
  date: (ms: number) => string;
  /** With the zone only where it is UTC: the page says which it is otherwise. */
  time: (ms: number) => string;
  clock: (ms: number) => string;
  /** `3 Jan 2026`, from days since the epoch. */
  day: (day: number) => string;
  /** `3 Jan`, from days since the epoch. */
  shortDay: (day: number) => string;
  /** `14:00`, of a UTC hour that begins then. */
  hour: (ms: number) => string;
}

const BPS_DIGITS_TO_ONE = 4;
const LOCALE_MAX_CHARACTERS = 35;
const ZONE_MAX_CHARACTERS = 64;
/** Makes formats once; they are few, and each costs as much as a small page. */
const KEPT_MAX = 50;
const kept = new Map<string, Formats>();

/** The reader that a request tells of: `Accept-Language`, and the zone of a cookie. What makes no sense is left out. */
export function readReader(accept_language: string | null, zone: string | undefined): Reader {
  const wanted = /^\s*([\w-]+)/.exec(accept_language ?? "")?.[1] ?? "";
  return { locale: isLocale(wanted) ? wanted : null, zone: zone !== undefined && isZone(zone) ? zone : "UTC" };
}

function isLocale(text: string): boolean {
  if (text === "" || text.length > LOCALE_MAX_CHARACTERS) return false;
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(text).length > 0;
  } catch {
    return false;
  }
}

/** Whether it is the name of a zone. */
export function isZone(text: string): boolean {
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
  const known = kept.get(key);
  if (known !== undefined) return known;
  const made = makeFormats(reader);
  if (kept.size >= KEPT_MAX) kept.clear();
  kept.set(key, made);
  return made;
}

function makeFormats(reader: Reader): Formats {
  const words = reader.locale ?? "en-GB";
  const figures = reader.locale ?? "en-US";
  const dates = (timeZone: string, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(words, { timeZone, ...options });
  const ownDay = dates(reader.zone, { dateStyle: "medium" });
  const clock = dates(reader.zone, { hour: "2-digit", minute: "2-digit" });
  const day = dates("UTC", { dateStyle: "medium" });
  const shortDay = dates("UTC", { day: "numeric", month: "short" });
  const hour = dates("UTC", { hour: "2-digit", minute: "2-digit" });
  const count = new Intl.NumberFormat(figures);
  const percent = new Intl.NumberFormat(figures, { style: "percent", maximumFractionDigits: 1 });
  const rate = new Intl.NumberFormat(figures, { style: "percent", maximumFractionDigits: 2 });
  const change = new Intl.NumberFormat(figures, {
    style: "percent",
    maximumFractionDigits: 0,
    signDisplay: "exceptZero",
  });
  const suffix = reader.zone === "UTC" ? " UTC" : "";
  const moneyFormats = new Map<string, Intl.NumberFormat>();
  const moneyOf = (currency: string, most: number): Intl.NumberFormat => {
    const key = `${currency} ${most}`;
    const known = moneyFormats.get(key);
    if (known !== undefined) return known;
    const digits = { minimumFractionDigits: minorDigitsOf(currency), maximumFractionDigits: most };
    const made = new Intl.NumberFormat(figures, { style: "currency", currency, ...digits });
    moneyFormats.set(key, made);
    return made;
  };
  return {
    reader,
    money: (amount, currency) => {
      const digits = minorDigitsOf(currency);
      // As text: Intl formats decimal strings exactly, at any size.
      return moneyOf(currency, digits).format(shiftPoint(amount, digits) as Intl.StringNumericLiteral);
    },
    smallMoney: (ratio, currency) => {
      const digits = minorDigitsOf(currency);
      const units = ratio / 10 ** digits;
      return moneyOf(currency, Math.abs(units) < 0.1 ? digits + 2 : digits).format(units);
    },
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
