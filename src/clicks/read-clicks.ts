import * as v from "valibot";
import { DEVICES } from "../links/choose-destination.ts";
import { type Click, VERDICTS } from "../redirect/click.ts";

/** A click of a message, and as it came: what cannot be stored is handed on unchanged, for a later version to read. */
export interface ReceivedClick {
  click: Click;
  raw: unknown;
}

/** A click that is not stored, and why. */
export interface RefusedClick {
  raw: unknown;
  reason: string;
  /** Whether it is so old that the log no longer tells whether it is in. */
  is_too_old: boolean;
}

/** A message's clicks: those that can be stored, as far as one can tell without D1, and those that cannot. */
export interface ReceivedClicks {
  received: ReceivedClick[];
  refused: RefusedClick[];
}

const text = v.optional(v.nullable(v.string()), null);
const clickId = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/, "is not a click's id"));
const visitorHex = v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/, "is no visitor"));
const whole = v.pipe(v.number(), v.safeInteger("is not a whole number"));
const subs = v.pipe(v.array(v.nullable(v.string())), v.maxLength(5, "are more than five"));

/** What an earlier version did not send is null or false; what D1 would take for something else is refused. */
const clickSchema = v.pipe(
  v.object({
    id: clickId,
    at: whole,
    link_id: whole,
    verdict: v.picklist(VERDICTS, "is none that this version knows"),
    reason: text,
    repeats: v.optional(v.nullable(clickId), null),
    country: text,
    device: v.optional(v.nullable(v.picklist(DEVICES, "is none that this version knows")), null),
    referrer: text,
    user_agent: text,
    subs: v.optional(v.nullable(subs), null),
    visitor: v.optional(v.nullable(visitorHex), null),
    visitor_by_hash: v.optional(v.boolean()),
  }),
  // Who clicked was not kept with the rows of the version before: its click may be stored already, as of nobody known.
  v.transform(({ visitor_by_hash, ...click }) =>
    visitor_by_hash === undefined ? { ...click, visitor: null, visitor_by_hash: false } : { ...click, visitor_by_hash },
  ),
);

/** Hex digits of an id that are its time. */
const TIME_DIGITS = 12;

/** Reads a message of any version. Clicks from before `oldest_at`, in ms since the epoch, are refused. */
export function readClicks(body: unknown, oldest_at: number): ReceivedClicks {
  const received: ReceivedClick[] = [];
  const refused: RefusedClick[] = [];
  for (const raw of toList(body)) {
    const result = v.safeParse(clickSchema, raw, { abortEarly: true });
    if (!result.success) {
      const [issue] = result.issues;
      refused.push({ raw, reason: `${v.getDotPath(issue) ?? "it"}: ${issue.message}`, is_too_old: false });
    } else if (Number.parseInt(result.output.id.slice(0, TIME_DIGITS), 16) !== result.output.at) {
      refused.push({ raw, reason: "at: is not the time in its id", is_too_old: false });
    } else if (result.output.at < oldest_at) {
      refused.push({ raw, reason: "it is older than the click log is kept", is_too_old: true });
    } else received.push({ click: result.output, raw });
  }
  return { received, refused };
}

/** A message's clicks as they came; a body that is no list is one, which cannot be read. */
export function toList(body: unknown): unknown[] {
  return Array.isArray(body) ? body : [body];
}
