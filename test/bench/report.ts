import { readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { fileURLToPath } from "node:url";
import type { Round } from "./run-round.ts";

/** One Worker and its rounds. */
export interface Side {
  name: string;
  rounds: readonly Round[];
  /** CPU time of its process from the first round until it was idle; null if the system does not provide it. */
  cpu_seconds: number | null;
}

interface Column {
  title: string;
  digits: number;
  value: (side: Side) => number | null;
  /** Whether the Workers' ratio is meaningful. */
  compared: boolean;
}

const COLUMNS: Column[] = [
  { title: "requests/s", digits: 0, compared: true, value: ({ rounds }) => quantile(rounds.map(throughputOf), 0.5) },
  { title: "p50 ms", digits: 2, compared: true, value: ({ rounds }) => quantile(latenciesOf(rounds), 0.5) },
  { title: "p99 ms", digits: 2, compared: true, value: ({ rounds }) => quantile(latenciesOf(rounds), 0.99) },
  { title: "CPU µs/request", digits: 1, compared: true, value: cpuMicrosecondsOf },
  // Percent of one core. If the generator is near 100%, it limits the result.
  { title: "workerd %", digits: 0, compared: false, value: ({ rounds }) => busyPercent(rounds, "worker_cpu_seconds") },
  {
    title: "generator %",
    digits: 0,
    compared: false,
    value: ({ rounds }) => busyPercent(rounds, "generator_cpu_seconds"),
  },
];

/** Describes the machine and the versions that results depend on. */
export function describeMachine(): string {
  const path = fileURLToPath(import.meta.resolve("workerd/package.json"));
  const { version } = JSON.parse(readFileSync(path, "utf8"));
  return `${availableParallelism()} cores (${cpus()[0]?.model ?? "unknown"}), node ${process.version}, workerd ${version}`;
}

/** A table with a line for each Worker, and the ratios of the second to the first. */
export function formatReport(bare: Side, other: Side): string {
  const line = (side: Side) => COLUMNS.map(({ value, digits }) => show(value(side), digits));
  const ratios = COLUMNS.map(({ value, compared }) => (compared ? show(divide(value(other), value(bare)), 2) : ""));
  return formatTable([
    ["", ...COLUMNS.map(({ title }) => title)],
    [bare.name, ...line(bare)],
    [other.name, ...line(other)],
    ["ratio", ...ratios],
  ]);
}

/** Formats rows as columns: the first aligned left, all others right. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const [nameWidth = 0, ...otherWidths] = widths;
  return rows
    .map(([name = "", ...cells]) =>
      [name.padEnd(nameWidth), ...cells.map((cell, at) => cell.padStart(otherWidths[at] ?? 0))].join("   ").trimEnd(),
    )
    .join("\n");
}

const throughputOf = (round: Round) => round.redirects / round.seconds;
const latenciesOf = (rounds: readonly Round[]) => rounds.flatMap((round) => round.latencies_ms);
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function cpuMicrosecondsOf({ rounds, cpu_seconds }: Side): number | null {
  return cpu_seconds === null ? null : (cpu_seconds / sum(rounds.map((round) => round.redirects))) * 1e6;
}

function busyPercent(rounds: readonly Round[], of: "worker_cpu_seconds" | "generator_cpu_seconds"): number | null {
  const cpu = rounds.map((round) => round[of]).filter((seconds) => seconds !== null);
  return cpu.length < rounds.length ? null : (sum(cpu) / sum(rounds.map((round) => round.seconds))) * 100;
}

/** The quantile of values, with `share` from 0 to 1; null if there are no values. */
export function quantile(values: readonly number[], share: number): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? null;
}

function divide(dividend: number | null, divisor: number | null): number | null {
  return dividend === null || divisor === null ? null : dividend / divisor;
}

/** Formats a number, or "n/a" if there is none. */
export function show(value: number | null, digits = 0): string {
  if (value === null || !Number.isFinite(value)) return "n/a";
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
