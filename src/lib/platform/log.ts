/**
 * The Worker's log: one object a line, without personal data. Cloudflare's Workers Logs index its fields. No other file uses
 * `console`.
 */
import { describeError, readCode, redactField } from "../redact.ts";
import { currentRequestId } from "./request-id.ts";

/**
 * Fields of a log line: numbers, ids and codes, and whatever was thrown. Never a name, an email address, an IP address, a token,
 * a URL or anything else that a person or a checkout has sent; other texts than ids are logged as `redacted`.
 */
export type LogFields = Readonly<Record<string, unknown>>;

/** Logs that something failed. `event` is its stable name in snake_case. */
export function logError(event: string, fields: LogFields = {}): void {
  console.error(toLine(event, fields));
}

/** Logs something that needs no action if it is rare. */
export function logWarning(event: string, fields: LogFields = {}): void {
  console.warn(toLine(event, fields));
}

/** The code of an error whose message may name a person, such as the platform's errors of emails; else its class. */
export function codeOf(error: unknown): string {
  return readCode(error) ?? describeError(error).name;
}

function toLine(event: string, fields: LogFields): Record<string, unknown> {
  const request_id = currentRequestId();
  const entries = Object.entries(fields).map(([name, value]) => [name, toLogged(value)] as const);
  return { event, ...(request_id !== null && { request_id }), ...Object.fromEntries(entries) };
}

function toLogged(value: unknown): unknown {
  if (value === null || typeof value === "number" || typeof value === "boolean") return value;
  return typeof value === "string" ? redactField(value) : describeError(value);
}
