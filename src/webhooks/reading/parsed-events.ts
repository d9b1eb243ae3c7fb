/** The result of parsing a body. */
import { Problem } from "../../lib/problem.ts";
import { type ProviderEvent, providerEvent, type Reading } from "../provider.ts";

/** The events in a body, or a sentence that explains why there are none; undefined for a type that is ignored. */
export type ParsedEvents = ProviderEvent[] | string | undefined;

/** What a request is about: the provider's type and event id. */
export type RequestContent = Pick<Reading, "type" | "event_id">;

/** The refusal of a request that can't be parsed, although its type is known. */
export type UnreadableRequest = Problem & { content: RequestContent };

export function isUnreadable(error: unknown): error is UnreadableRequest {
  return error instanceof Problem && "content" in error;
}

/** The result of `read`. A refusal that it throws becomes an {@link UnreadableRequest}, so that the log can show the type. */
export function readContent<Result>(content: RequestContent, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw error instanceof Problem ? Object.assign(error, { content }) : error;
  }
}

/** The reading of a body with this type and event id, whose events `read` parses. */
export function toReading(content: RequestContent, read: () => ParsedEvents): Reading {
  const found = readContent(content, read);
  if (typeof found === "string") return { ...content, events: [], ignored: found };
  return { ...content, events: found ?? [] };
}

/**
 * The touch of a checkout for which nothing is owed, so that its click or coupon still counts for a later payment. Without
 * either there is no event, for the reason given.
 */
export function touchOrNote(known: Omit<Parameters<typeof providerEvent>[0], "type">, reason: string): ParsedEvents {
  const isTouch = [known.click, known.coupon, known.coupons].some((evidence) => (evidence ?? null) !== null);
  return isTouch ? [providerEvent({ ...known, type: "touch" })] : reason;
}
