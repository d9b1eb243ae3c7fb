/** Which rules of a programme's rates can never match, because those before them match all that they do. */
import type { RateRule } from "./terms.ts";

/** The names that a condition lets through: those listed, or all but those listed. */
interface Names {
  all_but: boolean;
  listed: ReadonlySet<string>;
}
/** From one number to another, both included. */
type Span = readonly [from: number, to: number];

/** All payments that a rule matches: one side for each condition. */
interface Box {
  names: Readonly<Record<NamedSide, Names>>;
  spans: Readonly<Record<SpannedSide, Span>>;
}

const NAMED = ["interval", "product", "tier", "country", "platform"] as const;
type NamedSide = (typeof NAMED)[number];
const SPANNED = ["amount", "payment", "months"] as const;
type SpannedSide = (typeof SPANNED)[number];

/** Beyond so many pieces a rule counts as one that may match: to find out would take longer than it is worth. */
const PIECES_MAX = 24;
/** Amounts in another currency, which no `min_amount` lets through. */
const OTHER_CURRENCY = -1;

/**
 * The rules that can never match, each with the rules before it that leave nothing of it; both as positions in `rules`.
 * `levels` are the names of the tiers' levels, of which every affiliate is in one; empty without tiers.
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

/** The earlier boxes that together hold all of a box; null where they do not. */
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
  const namesOf = (side: NamedSide): Names => {
    const stated = rule[side] ?? (side === "tier" && levels.length > 0 ? levels : undefined);
    return { all_but: stated === undefined, listed: new Set(stated) };
  };
  const spanOf = (range: RateRule["payment"]): Span => [range?.from ?? 0, range?.to ?? Number.POSITIVE_INFINITY];
  return {
    names: {
      interval: namesOf("interval"),
      product: namesOf("product"),
      tier: namesOf("tier"),
      country: namesOf("country"),
      platform: namesOf("platform"),
    },
    spans: {
      amount: [rule.min_amount ?? OTHER_CURRENCY, Number.POSITIVE_INFINITY],
      payment: spanOf(rule.payment),
      months: spanOf(rule.months),
    },
  };
}

/** What is left of a box without another, in pieces; the box itself where they have nothing in common. */
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

/** The names that both let through. */
function narrow(a: Names, b: Names): Names {
  if (a.all_but && b.all_but) return { all_but: true, listed: a.listed.union(b.listed) };
  if (a.all_but) return { all_but: false, listed: b.listed.difference(a.listed) };
  return { all_but: false, listed: b.all_but ? a.listed.difference(b.listed) : a.listed.intersection(b.listed) };
}

/** There is always a name that is not listed: a product still to come, or one that the checkout does not tell. */
function isEmpty({ all_but, listed }: Names): boolean {
  return !all_but && listed.size === 0;
}
