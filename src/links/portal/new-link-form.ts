/** Parses the forms of tracking links, by the same rules as every other link. */
import * as v from "valibot";
import { shortText } from "../../lib/validation.ts";
import { type DestinationError, type DestinationRules, parseDestination } from "../destination.ts";
import { newSlug } from "../link-fields.ts";
import { readSubIds } from "../sub-ids.ts";

/** The sub-ID parameters of a link's URL. */
export const SUB_IDS = ["sub1", "sub2", "sub3", "sub4", "sub5"] as const;

/** The submitted fields. */
export type LinkForm = Readonly<Record<string, string | undefined>>;

/** What is wrong with fields, and what to do about it. */
export type LinkFaults = Partial<Record<"channel" | "destination" | "slug", string>>;

/** A valid link, or the faults of all its fields. `slug` is undefined where none was chosen. */
export type LinkFormResult =
  | { ok: true; channel: string; destination: string; slug: string | undefined }
  | { ok: false; faults: LinkFaults };

/** The program's rules for links. */
export interface LinkFormRules extends DestinationRules {
  /** What paths are relative to. Null: the first host. */
  home_url: string | null;
  /** Whether a slug can be chosen. */
  own_slugs: boolean;
}

const CHANNEL_ERROR = "Enter a channel of 1 to 200 characters, such as “Newsletter” or “YouTube”.";
const SLUG_ERROR = "Use up to 64 letters a–z, digits, - and _. Some names, such as “app”, are taken.";
const PATH = /^\/(?![/\\])/;

/** Parses a form. Trims spaces, adds a missing `https://` to the destination, and resolves paths against the program's home page. */
export function parseLinkForm(form: LinkForm, rules: LinkFormRules): LinkFormResult {
  const channel = v.safeParse(shortText, (form.channel ?? "").trim());
  const destination = parseDestination(completeUrl((form.destination ?? "").trim(), rules), rules);
  const typedSlug = rules.own_slugs ? (form.slug ?? "").trim() : "";
  const slug = typedSlug === "" ? null : v.safeParse(newSlug, typedSlug);
  const faults: LinkFaults = {
    ...(!channel.success && { channel: CHANNEL_ERROR }),
    ...(!destination.ok && { destination: describeDestinationError(destination.error, rules) }),
    ...(slug?.success === false && { slug: SLUG_ERROR }),
  };
  if (!channel.success || !destination.ok || slug?.success === false) return { ok: false, faults };
  return { ok: true, channel: channel.output, destination: destination.url, slug: slug?.output };
}

function completeUrl(typed: string, { home_url, hosts }: LinkFormRules): string {
  // Joined as texts: parsing it would remove line breaks, which aren't allowed.
  if (PATH.test(typed)) return (URL.parse(home_url ?? "")?.origin ?? `https://${hosts[0] ?? ""}`) + typed;
  return /^[a-z][a-z0-9+.-]*:/i.test(typed) ? typed : `https://${typed}`;
}

function describeDestinationError(error: DestinationError, { hosts, reserved_parameter }: DestinationRules): string {
  const sentences: Record<DestinationError, string> = {
    too_long: "Enter a URL of at most 2,048 characters.",
    not_a_url: `Enter a full URL, such as https://${hosts[0] ?? "shop.example"}/, or a path, such as /pricing.`,
    control_characters_not_allowed: "Remove line breaks and other invisible characters from the URL.",
    scheme_not_allowed: "The URL must start with https:// or http://.",
    credentials_not_allowed: "Remove the user name and password from the URL.",
    host_not_allowed: `Enter a page on ${hosts.join(", ")}. Links can’t lead to other sites.`,
    click_parameter_not_allowed: "Remove the parameter “lc_click”. Each click adds its own.",
    referral_parameter_not_allowed: `Remove the parameter “${reserved_parameter ?? ""}”. Your link adds it automatically.`,
  };
  return sentences[error];
}

/** The sub-IDs in a form, cleaned the way the redirect reads them. */
export function parseSubIds(form: LinkForm): (string | null)[] {
  return readSubIds(SUB_IDS.map((name) => [name, (form[name] ?? "").trim()])) ?? [];
}
