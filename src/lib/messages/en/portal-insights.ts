/** Reports, and what has changed since the last visit. */
import { english } from "./english.ts";

/** A dimension in running text ("by link"), as a label, and the name of rows without a value. */
const subId = (n: number) => ({ name: `sub-ID ${n}`, label: `Sub-ID ${n}`, none: `No sub-ID ${n}` });

const reports = {
  link: { name: "link", label: "Link", none: "Coupon or referral, no link" },
  channel: { name: "channel", label: "Channel", none: "No channel" },
  sub1: subId(1),
  sub2: subId(2),
  sub3: subId(3),
  sub4: subId(4),
  sub5: subId(5),
  country: { name: "country", label: "Country", none: "Unknown country" },
  referrer: { name: "referring site", label: "Referring site", none: "Direct or unknown" },
  device: { name: "device", label: "Device", none: "Unknown device" },
  product: { name: "product", label: "Product", none: "Unknown product" },
};

const entries: Readonly<Record<string, { one: string; other: string }>> = {
  commission: { one: "commission", other: "commissions" },
  override: { one: "second-tier commission", other: "second-tier commissions" },
  bonus: { one: "bonus", other: "bonuses" },
  reversal: { one: "reversal", other: "reversals" },
  adjustment: { one: "adjustment", other: "adjustments" },
  payout: { one: "payout", other: "payouts" },
};

export const insights = {
  reports,
  other_values: "Other",
  changes: {
    clicks: (count: number) => english.count(count, { one: "new click", other: "new clicks" }),
    leads: (count: number) => english.count(count, { one: "new lead", other: "new leads" }),
    trials: (count: number) => english.count(count, { one: "new trial", other: "new trials" }),
    /** `sum` is a formatted amount. */
    entries: (kind: string, count: number, sum: string) =>
      `${english.count(count, entries[kind] ?? { one: "entry", other: "entries" })}: ${sum}`,
    became_due: (amount: string) => `${amount} became due`,
  },
};
