/** The names of reports and of their values. */
import { messages } from "../../lib/messages/messages.ts";
import type { ReportKind } from "../report-queries.ts";

const { reports, other_values } = messages.portal.insights;

/** The words of a report: its dimension in running text and as a label, and the name of rows without a value. */
export function wordsOfReport(kind: ReportKind): { name: string; label: string; none: string } {
  return reports[kind];
}

/** A value as shown to people. Country codes become names. */
export function nameValue(kind: ReportKind, value: string | null): string {
  if (value === null) return reports[kind].none;
  if (kind === "device") return value.charAt(0).toUpperCase() + value.slice(1);
  return kind === "country" ? nameCountry(value) : value;
}

/** The row for all values beyond the limit. */
export const OTHER_VALUES = other_values;

function nameCountry(code: string): string {
  try {
    return new Intl.DisplayNames(messages.locale, { type: "region" }).of(code) ?? code;
  } catch {
    // Cloudflare has codes of its own, such as T1 for Tor.
    return code;
  }
}
