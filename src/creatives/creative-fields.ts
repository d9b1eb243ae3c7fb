/** The fields of a creative as the API takes them: each kind has its own, and no other. */
import * as v from "valibot";
import { Problem } from "../lib/problem.ts";
import { shortText } from "../lib/validation.ts";
import { type DestinationRules, PLACEHOLDERS, parseDestination } from "../links/destination.ts";
import { LINK } from "./fill-creative.ts";

const URL_MAX_CHARACTERS = 2_000;
/** A long e-mail. */
const TEXT_MAX_CHARACTERS = 5_000;
const PIXELS_MAX = 10_000;
const POSITION_MAX = 1_000_000;

const words = v.pipe(v.string(), v.trim(), shortText);

const urlText = v.pipe(
  v.string(),
  v.maxLength(URL_MAX_CHARACTERS, `must have at most ${URL_MAX_CHARACTERS} characters`),
  // The URL standard drops tabs and line ends silently.
  v.regex(/^[^\p{Cc}]*$/u, "must not contain control characters"),
);

/** What affiliates and their readers open: encrypted, and nothing but an address. Normalised by the URL standard. */
const httpsUrl = v.pipe(
  urlText,
  v.check(isHttpsUrl, "must be an https address without a user name or a password"),
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

/** Lines end as everywhere on the web. */
const copyText = v.pipe(
  v.string(),
  v.transform((text) => text.replaceAll(/\r\n?/g, "\n").trim()),
  v.string(),
  v.minLength(1, "must not be empty"),
  v.maxLength(TEXT_MAX_CHARACTERS, `must have at most ${TEXT_MAX_CHARACTERS} characters`),
  v.regex(/^(?:[^\p{Cc}]|[\n\t])*$/u, "must not contain control characters other than tabs and line ends"),
  v.includes(LINK, `must contain ${LINK}, which stands for the affiliate's own link`),
);

const position = v.pipe(
  v.number(),
  v.safeInteger("must be a whole number"),
  v.minValue(0, "must not be negative"),
  v.maxValue(POSITION_MAX, `must be at most ${POSITION_MAX}`),
);

/** Normalised like the others; whether it is one that links may lead to is the programme's to judge. */
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

/** The bodies of `PATCH …/creatives/:creative`, by kind. What kind one is never changes. */
export const creativeChange = {
  image: v.partial(v.strictObject({ ...common, ...kinds.image })),
  text: v.partial(v.strictObject({ ...common, ...kinds.text })),
  resource: v.partial(v.strictObject({ ...common, ...kinds.resource })),
};

/** What any of the kinds may set. */
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

/** The columns that the fields given set, whatever the programme's rules are. */
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
 * Throws the 422 of a destination that affiliates' links may not lead to. It becomes a deep link, which brings nothing that
 * is ours to set, and in which nothing is filled in.
 */
export function checkDestination(
  text: string | null | undefined,
  { hosts, reserved_parameter }: DestinationRules,
): void {
  if (text === null || text === undefined) return;
  const parsed = parseDestination(text, hosts);
  if (!parsed.ok) throw refuseDestination(`${parsed.error.replaceAll("_", " ")}.`);
  if (reserved_parameter !== null && new URL(parsed.url).searchParams.has(reserved_parameter)) {
    throw refuseDestination(`leave ${reserved_parameter} out, links add it themselves.`);
  }
  if (PLACEHOLDERS.some((name) => parsed.url.includes(`{${name}}`))) {
    throw refuseDestination("placeholders are not filled in here.");
  }
}

function refuseDestination(detail: string): Problem {
  return new Problem(422, "invalid_destination_url", `destination_url: ${detail}`, "destination_url");
}
