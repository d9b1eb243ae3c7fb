/** A percentage as it is entered. */
import { Problem } from "../../lib/problem.ts";

const PERCENT = /^(\d{1,3})(?:[.,](\d{1,2}))?$/;
const BPS_MAX = 10_000;

/** Basis points of a percentage with at most two decimals; null for an empty text. */
export function readPercent(text: string): { ok: true; rate_bps: number | null } | { ok: false; problem: Problem } {
  const entered = text.replace("%", "").trim();
  if (entered === "") return { ok: true, rate_bps: null };
  const [, whole, decimals = ""] = PERCENT.exec(entered) ?? [];
  const rate_bps = Number(`${whole}${decimals.padEnd(2, "0")}`);
  if (whole !== undefined && rate_bps <= BPS_MAX) return { ok: true, rate_bps };
  const detail = "percent: must be from 0 to 100, with at most two decimals";
  return { ok: false, problem: new Problem(422, "invalid_percent", detail, "percent") };
}
