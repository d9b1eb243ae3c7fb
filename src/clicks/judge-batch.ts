import { dayOf } from "../lib/calendar.ts";
import { type Click, DUPLICATE_WINDOW_MS, VISITOR_HASH_DIGITS } from "../redirect/click.ts";

/** A click, compared with the other clicks of its batch. */
export interface JudgedClick {
  click: Click;
  /** The latest earlier click of the same visitor on the same link, less than an hour before; null for none. */
  repeats: string | null;
  /** Whether the same visitor clicked the same link earlier that day, UTC. */
  seen_that_day: boolean;
}

/**
 * Compares clicks that are stored together: removes repeated ids, sorts by time, and finds repeat visitors. A visitor with a
 * cookie is identified by the whole of `visitor`, one without by its hash part.
 */
export function judgeBatch(clicks: readonly Click[]): JudgedClick[] {
  const byId = new Map(clicks.map((click) => [click.id, click]));
  const inOrder = [...byId.values()].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  const lastOf = new Map<string, Click>();
  return inOrder.map((click) => {
    if (click.visitor === null) return { click, repeats: null, seen_that_day: false };
    const asWhole = `${click.link_id}/${click.visitor}`;
    const asHash = `${click.link_id}/${click.visitor.slice(0, VISITOR_HASH_DIGITS)}`;
    const last = lastOf.get(click.visitor_by_hash ? asHash : asWhole);
    lastOf.set(asWhole, click).set(asHash, click);
    return {
      click,
      repeats: last !== undefined && click.at - last.at < DUPLICATE_WINDOW_MS ? last.id : null,
      seen_that_day: last !== undefined && dayOf(last.at) === dayOf(click.at),
    };
  });
}
