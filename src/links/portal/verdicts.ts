/** The verdicts on a link's hits, in words. */
import { GESTURES } from "../../clicks/click-details.ts";
import type { Breakdown } from "../../clicks/counts/queries.ts";
import { formatCount } from "../../lib/format-money.ts";
import { messages } from "../../lib/messages/messages.ts";
import { VERDICTS, type Verdict } from "../../redirect/click.ts";

const { verdicts: words, gestures, unknown_verdict, no_hits } = messages.portal.links;

/** The name of a verdict. "Unknown" for null, which stands for verdicts of a later version. */
export function nameVerdict(verdict: Verdict | null): string {
  return verdict === null ? unknown_verdict : words[verdict].name;
}

/** `1,204 hits: 1,020 counted, 96 duplicates, 71 bots`, or `No hits`. */
export function summarizeVerdicts(verdicts: Partial<Record<Verdict, number>>): string {
  const found = listVerdicts(verdicts);
  const hits = found.reduce((sum, { count }) => sum + count, 0);
  if (hits === 0) return no_hits;
  const parts = found.map(({ count, one, many }) => `${formatCount(count)} ${count === 1 ? one : many}`);
  return `${formatCount(hits)} ${hits === 1 ? "hit" : "hits"}: ${parts.join(", ")}`;
}

/** How many of the counted clicks came without a user's gesture, or null if no browser reported any. */
export function summarizeGestures({ values }: Pick<Breakdown, "values">): string | null {
  const countOf = (name: string) => values.find(({ value }) => value === name)?.clicks ?? 0;
  const missing = countOf(GESTURES.missing);
  const all = missing + countOf(GESTURES.reported);
  return all === 0 ? null : gestures.summary(missing, all, formatCount);
}

/** The verdicts with hits and their meanings: counted first, then by frequency. */
export function listVerdicts(verdicts: Partial<Record<Verdict, number>>) {
  return VERDICTS.map((verdict) => ({ verdict, count: verdicts[verdict] ?? 0, ...words[verdict] }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => Number(b.verdict === "counted") - Number(a.verdict === "counted") || b.count - a.count);
}
