import * as v from "valibot";
import { DEVICES } from "../links/choose-destination.ts";
import { type Click, VERDICTS } from "../redirect/click.ts";
import { NAVIGATION_MAX } from "../redirect/verdict/navigation.ts";

/** A click of a message, parsed and raw: clicks that can't be stored are passed on unchanged, so that a later version can read them. */
export interface ReceivedClick {
  click: Click;
  raw: unknown;
}

/** A click that is not stored, and why. */
export interface RefusedClick {
  raw: unknown;
  reason: string;
  /** Whether it is older than the click log, so that a second copy couldn't be detected. */
  is_too_old: boolean;
}

/** A message's clicks: valid ones (as far as validation without D1 can tell) and invalid ones. */
export interface ReceivedClicks {
  received: ReceivedClick[];
  refused: RefusedClick[];
}

const text = v.optional(v.nullable(v.string()), null);
const clickId = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/, "is not a click id"));
const visitorHex = v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/, "is not a visitor id"));
const whole = v.pipe(v.number(), v.safeInteger("is not a whole number"));
const navigation = v.pipe(whole, v.minValue(0, "is not known"), v.maxValue(NAVIGATION_MAX, "is not known"));
const subs = v.pipe(v.array(v.nullable(v.string())), v.maxLength(5, "has more than five items"));

/** Fields that earlier versions didn't send default to null or false; values that D1 would misread are refused. */
const clickSchema = v.pipe(
  v.object({
    id: clickId,
    at: whole,
    link_id: whole,
    verdict: v.picklist(VERDICTS, "is not a known value"),
    reason: text,
    repeats: v.optional(v.nullable(clickId), null),
    country: text,
    device: v.optional(v.nullable(v.picklist(DEVICES, "is not a known value")), null),
    referrer: text,
    user_agent: text,
    subs: v.optional(v.nullable(subs), null),
    visitor: v.optional(v.nullable(visitorHex), null),
    navigation: v.optional(v.nullable(navigation), null),
    visitor_by_hash: v.optional(v.boolean()),
  }),
  // The previous version stored rows without visitors: such a click may be stored already, without one.
  v.transform(({ visitor_by_hash, ...click }) =>
    visitor_by_hash === undefined ? { ...click, visitor: null, visitor_by_hash: false } : { ...click, visitor_by_hash },
  ),
);

/** Hex digits of the time in an id. */
const TIME_DIGITS = 12;

/** Reads a message of any version. Clicks from before `oldest_at`, in ms since the epoch, are refused. */
export function readClicks(body: unknown, oldest_at: number): ReceivedClicks {
  const received: ReceivedClick[] = [];
  const refused: RefusedClick[] = [];
  for (const raw of toList(body)) {
    const result = v.safeParse(clickSchema, raw, { abortEarly: true });
    if (!result.success) {
      const [issue] = result.issues;
      refused.push({ raw, reason: `${v.getDotPath(issue) ?? "click"}: ${issue.message}`, is_too_old: false });
    } else if (Number.parseInt(result.output.id.slice(0, TIME_DIGITS), 16) !== result.output.at) {
      refused.push({ raw, reason: "at: is not the time in the id", is_too_old: false });
    } else if (result.output.at < oldest_at) {
      refused.push({ raw, reason: "older than the click log's retention", is_too_old: true });
    } else received.push({ click: result.output, raw });
  }
  return { received, refused };
}

/** A message's raw clicks; a body that isn't a list counts as one invalid click. */
export function toList(body: unknown): unknown[] {
  return Array.isArray(body) ? body : [body];
}
