import type { Answer } from "./pour.ts";
import { formatTable, show } from "./report.ts";

/** What came of one time under load. */
export interface Outcome {
  name: string;
  seconds: number;
  /** Milliseconds since the epoch. */
  ended_at: number;
  answered: number;
  /** By where they were last. */
  lost: { isolate: Answer[]; queue: Answer[] };
  lost_for_good: number;
}

/** A table: a line for each time, and what all kills come to. The first is without a kill. */
export function describeOutcomes(sink: string, outcomes: readonly Outcome[]): string {
  const titles = ["", "seconds", "answered", "a second", "lost", "%", "in the isolate", "oldest ms", "in the queue"];
  const rows = outcomes.map((outcome) => {
    const { isolate, queue } = outcome.lost;
    const { name, seconds, answered, lost_for_good, ended_at } = outcome;
    const ages = isolate.map(({ clicked_at }) => ended_at - clicked_at);
    const oldest = ages.length === 0 ? "" : show(Math.max(...ages));
    return [name, show(seconds, 1), ...shares(answered, seconds, isolate, queue, oldest), show(lost_for_good)];
  });
  const [, ...killed] = outcomes;
  const isolate = killed.flatMap(({ lost }) => lost.isolate);
  const queue = killed.flatMap(({ lost }) => lost.queue);
  const answered = sum(killed, (outcome) => outcome.answered);
  const seconds = sum(killed, (outcome) => outcome.seconds);
  const forGood = sum(killed, (outcome) => outcome.lost_for_good);
  const total = ["all kills", show(seconds, 1), ...shares(answered, seconds, isolate, queue, ""), show(forGood)];
  const table = formatTable([[...titles, "lost for good"], ...rows, ...(killed.length > 0 ? [total] : [])]);
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

function sum<T>(values: readonly T[], figure: (value: T) => number): number {
  return values.reduce((total, value) => total + figure(value), 0);
}
