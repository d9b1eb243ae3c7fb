/** Reads what a form's amount and time fields hold. What can't be read is left as it is, for the API to refuse. */
import { parseDecimal } from "../../lib/currency.ts";

/** Minor units of a decimal, such as `99.00`, in a currency. */
export function readAmount(text: string, currency: string): number | string {
  return parseDecimal(text, currency) ?? text;
}

/** ISO 8601 of a field of the type `datetime-local`, in UTC. */
export function readUtcTime(text: string): string {
  const [, minute, seconds = ":00"] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d)?$/.exec(text) ?? [];
  return minute === undefined ? text : `${minute}${seconds}Z`;
}

/** The value of a field of the type `datetime-local`, in UTC, from ms. */
export function writeUtcTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, "2026-01-20T12:00".length);
}
