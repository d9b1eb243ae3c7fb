/** Parses the form that creates a tracking link, by the same rules as every other link. */
import * as v from "valibot";
import { shortText } from "../../lib/validation.ts";
import { type DestinationError, type DestinationRules, parseDestination } from "../destination.ts";
import { readSubIds } from "../sub-ids.ts";

/** The sub-ID parameters of a link's URL. */
export const SUB_IDS = ["sub1", "sub2", "sub3", "sub4", "sub5"] as const;

/** The submitted fields. */
export type LinkForm = Readonly<Record<string, string | undefined>>;

/** A valid link, or the invalid field and what to do about it. */
export type LinkFormResult =
  | { ok: true; channel: string; destination: string }
  | { ok: false; field: "channel" | "destination"; error: string };

const CHANNEL_ERROR = "Enter a channel of 1 to 200 characters, such as “Newsletter” or “YouTube”.";

/** Parses the form. Trims spaces and adds a missing `https://` to the destination. */
export function parseLinkForm(form: LinkForm, rules: DestinationRules): LinkFormResult {
  const channel = v.safeParse(shortText, (form.channel ?? "").trim());
  if (!channel.success) return { ok: false, field: "channel", error: CHANNEL_ERROR };
  const typed = (form.destination ?? "").trim();
  const parsed = parseDestination(/^[a-z][a-z0-9+.-]*:/i.test(typed) ? typed : `https://${typed}`, rules);
  if (!parsed.ok) return { ok: false, field: "destination", error: describeDestinationError(parsed.error, rules) };
  return { ok: true, channel: channel.output, destination: parsed.url };
}

function describeDestinationError(error: DestinationError, { hosts, reserved_parameter }: DestinationRules): string {
  const sentences: Record<DestinationError, string> = {
    too_long: "Enter a URL of at most 2,048 characters.",
    not_a_url: `Enter a full URL, such as https://${hosts[0] ?? "shop.example"}/.`,
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
