/** A shop whose portal has what layouts break on: many links, long and right-to-left names, three currencies, a negative balance. */
import { fillClicks } from "../bench/portal-fill.ts";
import type { BrowserShop } from "./shop.ts";

/** Usernames of the affiliates that it creates, by what is special about them. */
export const HOSTILE = { large: "large", empty: "empty", suspended: "suspended", pending: "pending" } as const;

const LINKS = 60;
const CLICKS = 5_000;
const DAYS = 30;
const LONG_NAME = `Aleksandra-Wilhelmina von Hohenzollern-Sigmaringen ${"x".repeat(80)}`;
const RIGHT_TO_LEFT = "شركة التسويق بالعمولة في الشرق الأوسط";
/** Amounts are minor units. */
const SALES = [
  { currency: "USD", amount: 12_345_678_90 },
  { currency: "EUR", amount: 9_900 },
  { currency: "JPY", amount: 1_200_000 },
] as const;

/** Fills the shop. Returns when all figures have arrived. */
export async function fillHostilePortal(shop: BrowserShop): Promise<void> {
  const { call, post, clickLink } = shop;
  const names: Record<keyof typeof HOSTILE, string> = {
    large: RIGHT_TO_LEFT,
    empty: "E",
    suspended: LONG_NAME,
    pending: "Pat",
  };
  for (const [kind, username] of Object.entries(HOSTILE) as [keyof typeof HOSTILE, string][]) {
    await call("POST", "/v1/affiliates", { username, name: names[kind], email: `${username}@example.com` });
    await call("POST", "/v1/programs/shop/enrollments", {
      affiliate: username,
      ...(kind === "pending" && { status: "pending" }),
    });
  }
  const { destination } = await call("GET", "/v1/links/mira-link");
  for (let n = 0; n < LINKS; n++) {
    const channel = n % 3 === 0 ? RIGHT_TO_LEFT : `Channel ${n} ${"long ".repeat(n % 9)}`.trim();
    const link = { program: "shop", affiliate: HOSTILE.large, slug: `large-${n}`, kind: "tracking", channel };
    await call("POST", "/v1/links", { ...link, destination: `${destination}&page=${"deep-".repeat(n % 12)}end` });
  }
  for (const username of [HOSTILE.suspended, HOSTILE.pending]) {
    const link = { program: "shop", affiliate: username, slug: `${username}-link` };
    await call("POST", "/v1/links", { ...link, destination });
  }
  await fillClicks(shop.database, { clicks: CLICKS * 2, days: DAYS, sales: 0, now: Date.now() });
  const click = await clickLink("large-1");
  for (const [index, { currency, amount }] of SALES.entries()) {
    const customer = { id: `hostile_${index}` };
    const sale = { customer, payment: `hostile_${index}`, amount, currency };
    const { conversion } = await post(`hostile_${index}`, { type: "sale", click, ...sale });
    if (conversion === undefined) throw new Error("a sale was not recorded");
  }
  await call("POST", `/v1/programs/shop/affiliates/${HOSTILE.large}/adjustments`, {
    ...{
      amount: -999_999,
      currency: "EUR",
      reason: `Paid twice in error: ${"see last week’s email ".repeat(7)}`.trim(),
    },
  });
  await call("PATCH", `/v1/programs/shop/enrollments/${HOSTILE.suspended}`, {
    ...{ status: "suspended", reason: `Too many refunds. ${"Please write to us about it. ".repeat(6)}` },
  });
}
