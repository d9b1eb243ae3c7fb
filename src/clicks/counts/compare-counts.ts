/** Compares the daily counts with figures computed from the click log. */
import { VERDICTS } from "../../redirect/click.ts";
import { type ClickDetails, DIMENSIONS, type Dimension, UNBOUNDED_DIMENSIONS, VALUES_MAX } from "../click-details.ts";

const COUNTED = VERDICTS.indexOf("counted");

/** A row of the counts: one link, one day, one verdict. */
export interface CountRow {
  link_id: number;
  /** Position in VERDICTS. */
  verdict: number;
  clicks: number;
  visitors: number;
  details: ClickDetails;
}

/** One figure. */
export interface Figure {
  link_id: number;
  verdict: number;
  what: "clicks" | "visitors" | Dimension;
  /** A value of the dimension; "" is all values that aren't counted separately. */
  value: string | null;
  count: number;
}

/** A figure that differs between the counts and the log. */
export interface Difference extends Omit<Figure, "count"> {
  /** The value in the counts. */
  counted: number;
  /** The value computed from the log. */
  logged: number;
}

/** Figures by key. */
export type Tally = Map<string, Figure>;

/** Adds to a figure, or inserts it. */
export function addFigure(tally: Tally, figure: Figure): void {
  const key = keyOf(figure);
  const known = tally.get(key);
  if (known === undefined) tally.set(key, { ...figure });
  else known.count += figure.count;
}

/** The count of a figure; 0 if it is missing. */
function countIn(tally: Tally, figure: Omit<Figure, "count">): number {
  return tally.get(keyOf(figure))?.count ?? 0;
}

function keyOf({ link_id, verdict, what, value }: Omit<Figure, "count">): string {
  return `${link_id}/${verdict}/${what}/${value}`;
}

/** Computes the figures of rows of counts. */
export function tallyCounts(rows: readonly CountRow[]): Tally {
  const tally: Tally = new Map();
  for (const { link_id, verdict, clicks, visitors, details } of rows) {
    addFigure(tally, { link_id, verdict, what: "clicks", value: null, count: clicks });
    addFigure(tally, { link_id, verdict, what: "visitors", value: null, count: visitors });
    for (const what of DIMENSIONS) {
      for (const [value, count] of Object.entries(details[what] ?? {})) {
        addFigure(tally, { link_id, verdict, what, value, count });
      }
    }
  }
  return tally;
}

/** The counted facts of a logged click. */
export interface LoggedFacts {
  link_id: number;
  verdict: number;
  is_first: boolean;
  /** Its value of each dimension, null for none. */
  values: Record<Dimension, string | null>;
}

/**
 * Adds a logged click to a tally. If the counts have values under "", a value that they don't count separately belongs there.
 */
export function tallyClick(logged: Tally, click: LoggedFacts, counted: Tally): void {
  const { link_id, verdict } = click;
  addFigure(logged, { link_id, verdict, what: "clicks", value: null, count: 1 });
  addFigure(logged, { link_id, verdict, what: "visitors", value: null, count: click.is_first ? 1 : 0 });
  for (const what of DIMENSIONS) {
    const value = click.values[what];
    // Verdicts that don't count are broken down by hour only.
    if (value === null || (what !== "hour" && verdict !== COUNTED)) continue;
    const isNamed = countIn(counted, { link_id, verdict, what, value }) > 0;
    const hasOthers = countIn(counted, { link_id, verdict, what, value: "" }) > 0;
    addFigure(logged, { link_id, verdict, what, value: isNamed || !hasOthers ? value : "", count: 1 });
  }
}

/** Lists the figures that differ. */
export function compareTallies(counted: Tally, logged: Tally): Difference[] {
  return [...new Map([...counted, ...logged]).values()].flatMap(({ count: _, ...figure }) => {
    const difference = { ...figure, counted: countIn(counted, figure), logged: countIn(logged, figure) };
    return difference.counted === difference.logged ? [] : [difference];
  });
}

/** Computes the correct rows of counts for the links and verdicts of differences; null for a row that shouldn't exist. */
export function correctRows(
  differences: readonly Difference[],
  logged: Tally,
): { link_id: number; verdict: number; row: CountRow | null }[] {
  const wanted = Map.groupBy(logged.values(), ({ link_id, verdict }) => `${link_id}/${verdict}`);
  const rows = new Map(differences.map(({ link_id, verdict }) => [`${link_id}/${verdict}`, { link_id, verdict }]));
  return [...rows].map(([key, { link_id, verdict }]) => {
    const figures = wanted.get(key);
    return { link_id, verdict, row: figures === undefined ? null : rowOf(link_id, verdict, figures) };
  });
}

function rowOf(link_id: number, verdict: number, figures: readonly Figure[]): CountRow {
  const row: CountRow = { link_id, verdict, clicks: 0, visitors: 0, details: {} };
  for (const [what, some] of Map.groupBy(figures, (figure) => figure.what)) {
    if (what === "clicks" || what === "visitors") row[what] = some[0]?.count ?? 0;
    else row.details[what] = limitValues(what, some);
  }
  return row;
}

/** Values with their counts. Unbounded dimensions keep the most frequent values; the rest goes under "". */
function limitValues(what: Dimension, figures: readonly Figure[]): Record<string, number> {
  const isUnbounded = UNBOUNDED_DIMENSIONS.some((name) => name === what);
  const named = figures.filter(({ value }) => value !== "").sort((a, b) => b.count - a.count);
  const kept = isUnbounded ? named.slice(0, VALUES_MAX) : named;
  const values = new Map(kept.map(({ value, count }) => [value ?? "", count]));
  const total = (some: readonly Figure[]) => some.reduce((sum, { count }) => sum + count, 0);
  const rest = total(figures) - total(kept);
  if (rest > 0) values.set("", rest);
  return Object.fromEntries(values);
}
