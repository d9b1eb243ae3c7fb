/** What the stories of providers share: their format, and how fixtures become the events of one payment. */

/** One webhook of a story. */
export interface StoryEvent {
  body: string;
  /** What the request says outside its body: Shopify's topic, FirstPromoter's call, or the event's id. */
  as?: string;
  /** What the provider's API answers at that time, by URL, for providers whose webhooks contain only ids. */
  answers?: Readonly<Record<string, string>>;
}

/** All events of one payment, in the order in which they happen, and what they come to in any order of arrival. */
export interface ProviderStory {
  source: string;
  /** What a further story of a provider is about. */
  variant?: string;
  /** When the customer clicked, or null for an hour before the test, for providers that don't date their sales. */
  clicked_at: string | null;
  events: Readonly<Record<string, StoryEvent>>;
  /** In minor units. `earned` is the sum of the affiliate's ledger, at 40% of what isn't refunded. */
  expected: { amount: number; currency: string; refunded: number; earned: number };
}

/** The click tokens in fixtures. */
export const FIXTURE_CLICK = /(?:AQG[ab]|AZtY|01JC8XK2M9_)[A-Za-z0-9_-]{20,}/g;

/** A fixture with other texts in the place of some of its own, each of which it must contain. */
export function edit(fixture: string, changes: Readonly<Record<string, string>>): string {
  let text = fixture;
  for (const [from, to] of Object.entries(changes)) {
    if (!text.includes(from)) throw new Error(`the fixture does not contain ${from}`);
    text = text.replaceAll(from, to);
  }
  return text;
}

/** The fixture of a sale whose click came with another event. */
export function withoutClick(fixture: string): string {
  if (fixture.search(FIXTURE_CLICK) === -1) throw new Error("the fixture has no click");
  return fixture.replaceAll(FIXTURE_CLICK, "");
}

/** The fields of a form or query string as JSON. */
export function toJson(form: string): string {
  return JSON.stringify(Object.fromEntries(new URLSearchParams(form.trim())));
}
