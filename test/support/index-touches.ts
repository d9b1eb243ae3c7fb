/** A plain index of touches that searches all of them each time. */
import type { Touch } from "../../src/customers/fact.ts";
import type { TouchIndex } from "../../src/customers/touches/touches.ts";

/** Of several versions of a touch, keeps the one whose JSON sorts first, and the smallest number if all have one. */
export function indexTouches(touches: readonly Touch[]): TouchIndex {
  const byName = new Map(
    [...Map.groupBy(touches, ({ click_id }) => click_id)].map(([click_id, versions]) => {
      const [text = ""] = versions.map(({ customer_number: _, ...rest }) => JSON.stringify(rest)).sort();
      const number = Math.min(...versions.map(({ customer_number }) => customer_number ?? 0));
      return [click_id, { ...(JSON.parse(text) as Touch), ...(number > 0 && { customer_number: number }) }];
    }),
  );
  const inOrder = [...byName.values()].sort(
    (a, b) => a.clicked_at - b.clicked_at || (a.click_id < b.click_id ? -1 : 1),
  );
  const until = (at: number) => inOrder.filter(({ clicked_at }) => clicked_at <= at);
  return {
    newest: (at, limit) => until(at).toReversed().slice(0, limit),
    count: (at, limit) => Math.min(until(at).length, limit),
    ends: (from, to, most) =>
      [
        ...Map.groupBy(
          until(to).filter(({ clicked_at, customer_number = 0 }) => clicked_at >= from && customer_number <= most),
          (touch) => `${touch.affiliate_id} ${touch.source}`,
        ).values(),
      ].flatMap((group) => [group[0], group.at(-1)].filter((touch) => touch !== undefined)),
    oldest: () => inOrder[0] ?? null,
    filed: (touch) => byName.get(touch.click_id) ?? touch,
  };
}
