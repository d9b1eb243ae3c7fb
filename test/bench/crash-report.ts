import { formatTable, show } from "./report.ts";
import type { Answer } from "./send-visits.ts";

/** The result of one period under load. */
export interface Outcome {
  name: string;
  seconds: number;
  /** ms since the epoch. */
  ended_at: number;
  answered: number;
  /** By where the clicks were when the process died. */
  lost: { isolate: Answer[]; queue: Answer[] };
  lost_permanently: number;
}

/** A table with a line for each period, and the total of all kills. The first period is without a kill. */
export function describeOutcomes(sink: string, outcomes: readonly Outcome[]): string {
  const titles = ["", "seconds", "answered", "per second", "lost", "%", "in isolate", "oldest ms", "in queue"];
  const rows = outcomes.map((outcome) => {
    const { isolate, queue } = outcome.lost;
    const { name, seconds, answered, lost_permanently, ended_at } = outcome;
    const ages = isolate.map(({ clicked_at }) => ended_at - clicked_at);
    const oldest = ages.length === 0 ? "" : show(Math.max(...ages));
    return [name, show(seconds, 1), ...shares(answered, seconds, isolate, queue, oldest), show(lost_permanently)];
  });
  const [, ...killed] = outcomes;
  const isolate = killed.flatMap(({ lost }) => lost.isolate);
  const queue = killed.flatMap(({ lost }) => lost.queue);
  const answered = sum(killed, (outcome) => outcome.answered);
  const seconds = sum(killed, (outcome) => outcome.seconds);
  const permanently = sum(killed, (outcome) => outcome.lost_permanently);
  const total = ["all kills", show(seconds, 1), ...shares(answered, seconds, isolate, queue, ""), show(permanently)];
  const table = formatTable([[...titles, "lost permanently"], ...rows, ...(killed.length > 0 ? [total] : [])]);
  return `\nCLICK_SINK=${sink}\n${table}`;
}

function shares(
  answered: number,
  seconds: number,
  isolate: readonly Answer[],
  queue: readonly Answer[],
  oldest: string,
): string[] {
  const lost = isolate.length + queue.length;
  const share = show((lost / answered) * 100, 2);
  return [
    show(answered),
    show(answered / seconds),
    show(lost),
    share,
    show(isolate.length),
    oldest,
    show(queue.length),
  ];
}

function sum<T>(items: readonly T[], amountOf: (item: T) => number): number {
  return items.reduce((total, item) => total + amountOf(item), 0);
}
