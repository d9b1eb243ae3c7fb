/** The fields of creatives in the API. Each kind has its own. */
import * as v from "valibot";
import { Problem } from "../lib/problem.ts";
import { shortText } from "../lib/validation.ts";
import { type DestinationError, type DestinationRules, PLACEHOLDERS, parseDestination } from "../links/destination.ts";
import { LINK } from "./fill-creative.ts";

const URL_MAX_CHARACTERS = 2_000;
/** The length of a long email. */
const TEXT_MAX_CHARACTERS = 5_000;
const PIXELS_MAX = 10_000;
const POSITION_MAX = 1_000_000;

const words = v.pipe(v.string(), v.trim(), shortText);

const urlText = v.pipe(
  v.string(),
  v.maxLength(URL_MAX_CHARACTERS, `must have at most ${URL_MAX_CHARACTERS} characters`),
  // The URL parser would silently remove tabs and line breaks.
  v.regex(/^[^\p{Cc}]*$/u, "must not contain control characters"),
);

/** URLs that affiliates and their readers open: https only, without credentials. Normalized by the URL standard. */
const httpsUrl = v.pipe(
  urlText,
  v.check(isHttpsUrl, "must be an https URL without a user name or password"),
  v.transform((text) => new URL(text).href),
);

function isHttpsUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return protocol === "https:" && username === "" && password === "";
}

const pixels = v.pipe(
  v.number(),
  v.safeInteger("must be a whole number of pixels"),
  v.minValue(1, "must be at least 1"),
  v.maxValue(PIXELS_MAX, `must be at most ${PIXELS_MAX}`),
);

/** Line breaks are normalized to `\n`. */
const copyText = v.pipe(
  v.string(),
  v.transform((text) => text.replaceAll(/\r\n?/g, "\n").trim()),
  v.string(),
  v.minLength(1, "must not be empty"),
  v.maxLength(TEXT_MAX_CHARACTERS, `must have at most ${TEXT_MAX_CHARACTERS} characters`),
  v.regex(/^(?:[^\p{Cc}]|[\n\t])*$/u, "must not contain control characters other than tabs and line breaks"),
  v.includes(LINK, `must contain ${LINK}, the placeholder for the affiliate's link`),
);

const position = v.pipe(
  v.number(),
  v.safeInteger("must be a whole number"),
  v.minValue(0, "must not be negative"),
  v.maxValue(POSITION_MAX, `must be at most ${POSITION_MAX}`),
);

/** Normalized like the others. {@link checkDestination} applies the program's rules. */
const destination_url = v.optional(
  v.nullable(
    v.pipe(
      urlText,
      v.transform((text) => (URL.canParse(text) ? new URL(text).href : text)),
    ),
  ),
);

const kinds = {
  image: { url: httpsUrl, width: pixels, height: pixels, alt: words, destination_url },
  text: { text: copyText, destination_url },
  resource: { url: httpsUrl },
};
const common = { title: words, position: v.optional(position) };

/** The body of `POST /v1/programs/:program/creatives`. */
export const newCreative = v.variant(
  "kind",
  [
    v.strictObject({ kind: v.literal("image"), ...common, ...kinds.image }),
    v.strictObject({ kind: v.literal("text"), ...common, ...kinds.text }),
    v.strictObject({ kind: v.literal("resource"), ...common, ...kinds.resource }),
  ],
  "must be image, text or resource",
);

/** The bodies of `PATCH …/creatives/:creative`, by kind. The kind can't be changed. */
export const creativeChange = {
  image: v.partial(v.strictObject({ ...common, ...kinds.image })),
  text: v.partial(v.strictObject({ ...common, ...kinds.text })),
  resource: v.partial(v.strictObject({ ...common, ...kinds.resource })),
};

/** The fields of all kinds. */
export interface CreativeFields {
  title?: string | undefined;
  position?: number | undefined;
  url?: string | undefined;
  width?: number | undefined;
  height?: number | undefined;
  alt?: string | undefined;
  text?: string | undefined;
  destination_url?: string | null | undefined;
}

/** The columns that the given fields set. Doesn't check the program's rules. */
export function toColumns(fields: CreativeFields) {
  const { title, position, url, width, height, alt, text, destination_url } = fields;
  return {
    ...(title !== undefined && { title }),
    ...(position !== undefined && { position }),
    ...(url !== undefined && { url }),
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    ...(alt !== undefined && { alt }),
    ...(text !== undefined && { text }),
    ...(destination_url !== undefined && { destination_url }),
  };
}

/**
 * Throws 422 if links may not lead to a destination. It becomes a deep link, so it must not contain the reserved parameter or
 * placeholders.
 */
export function checkDestination(text: string | null | undefined, rules: DestinationRules): void {
  if (text === null || text === undefined) return;
  const parsed = parseDestination(text, rules);
  if (!parsed.ok) throw refuseDestination(describeError(parsed.error, rules));
  if (PLACEHOLDERS.some((name) => parsed.url.includes(`{${name}}`))) {
    throw refuseDestination("placeholders are not supported here.");
  }
}

function describeError(error: DestinationError, { reserved_parameter }: DestinationRules): string {
  return error === "referral_parameter_not_allowed"
    ? `remove the parameter ${reserved_parameter}; links add it automatically.`
    : `${error.replaceAll("_", " ")}.`;
}

function refuseDestination(detail: string): Problem {
  return new Problem(422, "invalid_destination_url", `destination_url: ${detail}`, "destination_url");
}
