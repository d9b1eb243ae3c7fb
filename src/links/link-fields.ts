/** The fields of a link in the API. */
import * as v from "valibot";
import { codeOfField, Problem } from "../lib/problem.ts";
import { instant, shortText } from "../lib/validation.ts";
import type { Target } from "./choose-destination.ts";
import { DEVICES } from "./choose-destination.ts";
import { type DestinationRules, parseDestination } from "./destination.ts";
import { NEW_SLUG_PATTERN, RESERVED_SEGMENTS } from "./slug.ts";

const country = v.pipe(
  v.string(),
  v.regex(/^[A-Z]{2}$/, "must be an ISO 3166-1 code of two capital letters, such as DE"),
);

const split = v.pipe(
  v.array(
    v.strictObject({
      destination: v.string(),
      weight: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1_000_000)), 1),
    }),
  ),
  v.minLength(1, "must have at least one destination"),
  v.maxLength(20, "must have at most 20 destinations"),
  v.check((parts) => parts.some((part) => part.weight > 0), "must have a destination with a weight above 0"),
);

/** More than there are. */
const COUNTRIES_MAX = 300;
/** All targets of a link as JSON: every redirect keeps them in memory. */
const TARGETS_MAX_CHARACTERS = 65_536;

const target = v.strictObject({
  countries: v.optional(
    v.pipe(
      v.array(country),
      v.minLength(1, "must have at least one country, or be left out"),
      v.maxLength(COUNTRIES_MAX, `must have at most ${COUNTRIES_MAX} countries`),
    ),
  ),
  devices: v.optional(
    v.pipe(
      v.array(v.picklist(DEVICES)),
      v.minLength(1, "must have at least one device, or be left out"),
      v.maxLength(DEVICES.length, `must have at most ${DEVICES.length} devices`),
    ),
  ),
  split,
});

const targets = v.pipe(
  v.array(target),
  v.maxLength(50, "must have at most 50 items"),
  v.check(
    (all) => JSON.stringify(all).length <= TARGETS_MAX_CHARACTERS,
    `must have at most ${TARGETS_MAX_CHARACTERS} characters as JSON`,
  ),
);

/** Fields that can be set at creation and changed later. */
const settings = {
  destination: v.string(),
  targets: v.optional(v.nullable(targets)),
  channel: v.optional(v.nullable(shortText)),
  starts_at: v.optional(v.nullable(instant)),
  expires_at: v.optional(v.nullable(instant)),
  click_cap: v.optional(v.nullable(v.pipe(v.number(), v.safeInteger("must be a whole number"), v.minValue(1)))),
  forward_query: v.optional(v.boolean()),
  deep_links: v.optional(v.nullable(v.boolean())),
};

/** A slug that a new link may have. */
export const newSlug = v.pipe(
  v.string(),
  v.toLowerCase(),
  v.regex(NEW_SLUG_PATTERN, "must be 1–64 of a-z, 0-9, - and _, and not end in - or _"),
  v.check((slug) => !RESERVED_SEGMENTS.has(slug), "is reserved"),
);

/** The body of `POST /v1/links`. */
export const newLink = v.strictObject({
  ...settings,
  program: v.string(),
  affiliate: v.string(),
  slug: v.optional(newSlug),
  kind: v.optional(v.picklist(["affiliate", "tracking"]), "affiliate"),
});

/** The body of `PATCH /v1/links/:slug`. The owner of a link never changes. */
export const linkChange = v.strictObject({
  ...settings,
  destination: v.optional(v.string()),
  disabled: v.optional(v.boolean()),
});

type Settings = v.InferOutput<typeof linkChange>;

/** The columns to set for the given fields. Throws 422 with the field, for example if a destination's host isn't allowed. */
export function readLinkSettings(
  fields: Settings,
  rules: DestinationRules,
  stored: { starts_at: number | null; expires_at: number | null } = { starts_at: null, expires_at: null },
) {
  const { destination, targets, starts_at = stored.starts_at, expires_at = stored.expires_at } = fields;
  if (starts_at !== null && expires_at !== null && starts_at >= expires_at) {
    throw new Problem(422, "invalid_expires_at", "expires_at: must be after starts_at.", "expires_at");
  }
  return {
    ...(destination !== undefined && { destination: readDestination(destination, rules, "destination") }),
    ...(targets !== undefined && { targets: targets && readTargets(targets, rules) }),
    ...(fields.channel !== undefined && { channel: fields.channel }),
    ...(fields.starts_at !== undefined && { starts_at: fields.starts_at }),
    ...(fields.expires_at !== undefined && { expires_at: fields.expires_at }),
    ...(fields.click_cap !== undefined && { click_cap: fields.click_cap }),
    ...(fields.forward_query !== undefined && { forward_query: fields.forward_query }),
    ...(fields.deep_links !== undefined && { deep_links: fields.deep_links }),
    ...(fields.disabled !== undefined && { disabled: fields.disabled }),
  };
}

function readTargets(targets: readonly Target[], rules: DestinationRules): Target[] {
  return targets.map((target, t) => ({
    ...target,
    split: target.split.map(({ destination, weight }, d) => ({
      destination: readDestination(destination, rules, `targets.${t}.split.${d}.destination`),
      weight,
    })),
  }));
}

function readDestination(url: string, rules: DestinationRules, field: string): string {
  const parsed = parseDestination(url, rules);
  if (parsed.ok) return parsed.url;
  const hosts = `must be on one of the program's destination_hosts (${rules.hosts.join(", ")})`;
  const fault = parsed.error === "host_not_allowed" ? hosts : parsed.error.replaceAll("_", " ");
  throw new Problem(422, codeOfField(field), `${field}: ${fault}.`, field);
}
