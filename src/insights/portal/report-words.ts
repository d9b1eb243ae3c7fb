/** What reports are called, and their values, in words. */
import type { ReportKind } from "../report-queries.ts";

interface KindWords {
  /** Of the report, after "by". */
  name: string;
  /** Of a value. */
  value: string;
  /** Of what has no value. */
  none: string;
}

const subId = (n: number): KindWords => ({
  name: `sub-id ${n}`,
  value: `Sub-id ${n}`,
  none: `Without a sub-id ${n}`,
});

const WORDS: Record<ReportKind, KindWords> = {
  link: { name: "link", value: "Link", none: "By a coupon, or told by the merchant" },
  channel: { name: "channel", value: "Channel", none: "Without a channel" },
  sub1: subId(1),
  sub2: subId(2),
  sub3: subId(3),
  sub4: subId(4),
  sub5: subId(5),
  country: { name: "country", value: "Country", none: "Country not known" },
  referrer: { name: "referring site", value: "Referring site", none: "Without a referring site, or not known" },
  device: { name: "device", value: "Device", none: "Device not known" },
  product: { name: "product", value: "Product", none: "Product not told" },
};

/** The words of a report. */
export function nameReport(kind: ReportKind): KindWords {
  return WORDS[kind];
}

/** A value as people read it: a country by its name, all others as they are. */
export function nameValue(kind: ReportKind, value: string | null): string {
  if (value === null) return WORDS[kind].none;
  if (kind === "device") return value.charAt(0).toUpperCase() + value.slice(1);
  return kind === "country" ? nameCountry(value) : value;
}

/** What is beyond the values that are told apart. */
export const OTHER_VALUES = "All others";

function nameCountry(code: string): string {
  try {
    return new Intl.DisplayNames("en", { type: "region" }).of(code) ?? code;
  } catch {
    // The edge has codes of its own, such as T1 for Tor.
    return code;
  }
}
