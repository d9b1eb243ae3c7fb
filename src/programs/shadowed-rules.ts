/** Finds commission rules that never apply because earlier rules match all of their payments. */
import { foldName } from "../lib/fold-name.ts";
import type { RateRule } from "./terms.ts";

/** The names that a condition accepts: those listed, or all but those listed. */
interface Names {
  all_but: boolean;
  listed: ReadonlySet<string>;
}
/** An inclusive range. */
type Span = readonly [from: number, to: number];

/** The payments that a rule matches, as a box with one side per condition. */
interface Box {
  names: Readonly<Record<NamedSide, Names>>;
  spans: Readonly<Record<SpannedSide, Span>>;
}

const NAMED = [
  "event",
  "interval",
  "product",
  "tier",
  "groups",
  "country",
  "platform",
  "first_qualifying",
  "interval_count",
] as const;
type NamedSide = (typeof NAMED)[number];
/** Names that match in any case. */
const FOLDED: ReadonlySet<NamedSide> = new Set(["product", "platform"]);
const SPANNED = ["amount", "payment", "months"] as const;
type SpannedSide = (typeof SPANNED)[number];

/** A rule whose remainder has more pieces counts as one that can match: checking all of them would take too long. */
const PIECES_MAX = 24;
/** The amount of payments in another currency, which no `min_amount` accepts. */
const OTHER_CURRENCY = -1;

/**
 * Finds the rules that can never match, each with the earlier rules that cover it, as indexes into `rules`. `levels` are the
 * names of the tiers; every affiliate is in one of them. Empty without tiers.
 */
export function findShadowed(
  rules: readonly RateRule[],
  levels: readonly string[],
): { rule: number; shadowed_by: number[] }[] {
  const boxes = rules.map((rule) => boxOf(rule, levels));
  return boxes.flatMap((box, rule) => {
    const shadowed_by = coverOf(box, boxes.slice(0, rule));
    return shadowed_by === null ? [] : [{ rule, shadowed_by }];
  });
}

/** The earlier boxes that together cover a box; null if they don't. */
function coverOf(box: Box, earlier: readonly Box[]): number[] | null {
  const whole = earlier.findIndex((other) => subtract(box, other).length === 0);
  if (whole !== -1) return [whole];
  let rest = [box];
  const used: number[] = [];
  for (const [index, other] of earlier.entries()) {
    const next = rest.flatMap((piece) => subtract(piece, other));
    if (next.length !== rest.length || next.some((piece, at) => piece !== rest[at])) used.push(index);
    rest = next;
    if (rest.length === 0) return used;
    if (rest.length > PIECES_MAX) return null;
  }
  return null;
}

function boxOf(rule: RateRule, levels: readonly string[]): Box {
  const count = rule.interval_count ?? (rule.interval === undefined ? undefined : 1);
  const counts = count === undefined ? undefined : [String(count)];
  const orders = rule.first_qualifying === true ? ["first"] : undefined;
  const namesOf = (side: NamedSide): Names => {
    const names: readonly string[] | undefined =
      side === "event"
        ? [rule.event ?? "payment"]
        : side === "first_qualifying"
          ? orders
          : side === "interval_count"
            ? counts
            : rule[side];
    const stated =
      names?.map(FOLDED.has(side) ? foldName : String) ?? (side === "tier" && levels.length > 0 ? levels : undefined);
    return { all_but: stated === undefined, listed: new Set(stated) };
  };
  const spanOf = (range: RateRule["payment"]): Span => [range?.from ?? 0, range?.to ?? Number.POSITIVE_INFINITY];
  return {
    names: {
      event: namesOf("event"),
      interval: namesOf("interval"),
      product: namesOf("product"),
      tier: namesOf("tier"),
      groups: namesOf("groups"),
      country: namesOf("country"),
      platform: namesOf("platform"),
      first_qualifying: namesOf("first_qualifying"),
      interval_count: namesOf("interval_count"),
    },
    spans: {
      amount: [rule.min_amount ?? OTHER_CURRENCY, Number.POSITIVE_INFINITY],
      payment: spanOf(rule.payment),
      months: spanOf(rule.months),
    },
  };
}

/** Subtracts a box from another, which gives pieces; the box itself if they don't overlap. */
function subtract(box: Box, other: Box): Box[] {
  const pieces: Box[] = [];
  let common = box;
  for (const side of NAMED) {
    const [mine, theirs] = [common.names[side], other.names[side]];
    const shared = narrow(mine, theirs);
    if (isEmpty(shared)) return [box];
    const left = narrow(mine, { ...theirs, all_but: !theirs.all_but });
    if (!isEmpty(left)) pieces.push({ ...common, names: { ...common.names, [side]: left } });
    common = { ...common, names: { ...common.names, [side]: shared } };
  }
  for (const side of SPANNED) {
    const [[from, to], [otherFrom, otherTo]] = [common.spans[side], other.spans[side]];
    const shared: Span = [Math.max(from, otherFrom), Math.min(to, otherTo)];
    if (shared[0] > shared[1]) return [box];
    const leftovers: Span[] = [
      [from, shared[0] - 1],
      [shared[1] + 1, to],
    ];
    for (const left of leftovers.filter(([first, last]) => first <= last && first !== Number.POSITIVE_INFINITY)) {
      pieces.push({ ...common, spans: { ...common.spans, [side]: left } });
    }
    common = { ...common, spans: { ...common.spans, [side]: shared } };
  }
  return pieces;
}

/** The names that both accept. */
function narrow(a: Names, b: Names): Names {
  if (a.all_but && b.all_but) return { all_but: true, listed: a.listed.union(b.listed) };
  if (a.all_but) return { all_but: false, listed: b.listed.difference(a.listed) };
  return { all_but: false, listed: b.all_but ? a.listed.difference(b.listed) : a.listed.intersection(b.listed) };
}

/** "All but" is never empty: there can be new products and groups, and checkouts may send none. */
function isEmpty({ all_but, listed }: Names): boolean {
  return !all_but && listed.size === 0;
}
