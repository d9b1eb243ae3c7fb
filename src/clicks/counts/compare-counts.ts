/** Two ways to the same figures: what the counts say, and what the log adds up to. */
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
  /** Of a dimension; "" is all its values that are not told apart. */
  value: string | null;
  count: number;
}

/** A figure that the counts have wrong. */
export interface Difference extends Omit<Figure, "count"> {
  /** What the counts say. */
  counted: number;
  /** What the log adds up to. */
  logged: number;
}

/** Figures, each once, by what they are of. */
export type Tally = Map<string, Figure>;

/** Adds to a figure, from nothing where it is not there yet. */
export function addFigure(tally: Tally, figure: Figure): void {
  const key = keyOf(figure);
  const known = tally.get(key);
  if (known === undefined) tally.set(key, { ...figure });
  else known.count += figure.count;
}

/** How often; 0 where the figure is not there. */
function countIn(tally: Tally, figure: Omit<Figure, "count">): number {
  return tally.get(keyOf(figure))?.count ?? 0;
}

function keyOf({ link_id, verdict, what, value }: Omit<Figure, "count">): string {
  return `${link_id}/${verdict}/${what}/${value}`;
}

/** The figures of some rows. */
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

/** A click of the log, as far as it is counted. */
export interface LoggedFacts {
  link_id: number;
  verdict: number;
  is_first: boolean;
  /** Its value of each dimension, null for none. */
  values: Record<Dimension, string | null>;
}

/**
 * Adds a click to what the log adds up to. Where the counts put some values together under "", a value that they do not
 * name is one of those.
 */
export function tallyClick(logged: Tally, click: LoggedFacts, counted: Tally): void {
  const { link_id, verdict } = click;
  addFigure(logged, { link_id, verdict, what: "clicks", value: null, count: 1 });
  addFigure(logged, { link_id, verdict, what: "visitors", value: null, count: click.is_first ? 1 : 0 });
  for (const what of DIMENSIONS) {
    const value = click.values[what];
    // Where a hit came from is told of what counts.
    if (value === null || (what !== "hour" && verdict !== COUNTED)) continue;
    const isNamed = countIn(counted, { link_id, verdict, what, value }) > 0;
    const hasOthers = countIn(counted, { link_id, verdict, what, value: "" }) > 0;
    addFigure(logged, { link_id, verdict, what, value: isNamed || !hasOthers ? value : "", count: 1 });
  }
}

/** Every figure that differs. */
export function compareTallies(counted: Tally, logged: Tally): Difference[] {
  return [...new Map([...counted, ...logged]).values()].flatMap(({ count: _, ...figure }) => {
    const difference = { ...figure, counted: countIn(counted, figure), logged: countIn(logged, figure) };
    return difference.counted === difference.logged ? [] : [difference];
  });
}

/** The rows that counts should have for the links and verdicts of some differences; null for a row that should not be. */
export function mendRows(
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

/** The values with their counts; of those that visitors may choose, the most frequent by name and the rest under "". */
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
