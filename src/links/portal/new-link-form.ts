/** What an affiliate asks for when it makes a tracking link, judged by the rules that hold for every link. */
import * as v from "valibot";
import { shortText } from "../../lib/validation.ts";
import { type DestinationError, type DestinationRules, parseDestination } from "../destination.ts";
import { readSubIds } from "../sub-ids.ts";

/** Sub-ids that an address can have. */
export const SUB_IDS = ["sub1", "sub2", "sub3", "sub4", "sub5"] as const;

/** What was typed, as it came. */
export type LinkForm = Readonly<Record<string, string | undefined>>;

/** A link that may be made, or the field at fault and what to do about it. */
export type ReadLinkForm =
  | { ok: true; channel: string; destination: string }
  | { ok: false; field: "channel" | "destination"; fault: string };

const CHANNEL_FAULTS = "Name the channel in 1 to 200 characters, such as “Newsletter” or “YouTube”.";

/** Reads the form. Spaces around are forgiven, and so is a destination that lacks its `https://`. */
export function readLinkForm(form: LinkForm, rules: DestinationRules): ReadLinkForm {
  const channel = v.safeParse(shortText, (form.channel ?? "").trim());
  if (!channel.success) return { ok: false, field: "channel", fault: CHANNEL_FAULTS };
  const typed = (form.destination ?? "").trim();
  const parsed = parseDestination(/^[a-z][a-z0-9+.-]*:/i.test(typed) ? typed : `https://${typed}`, rules.hosts);
  if (!parsed.ok) return { ok: false, field: "destination", fault: sayDestinationFault(parsed.error, rules) };
  const { reserved_parameter } = rules;
  if (reserved_parameter !== null && new URL(parsed.url).searchParams.has(reserved_parameter)) {
    const fault = `Leave “${reserved_parameter}” out of the address: your link adds it with your name.`;
    return { ok: false, field: "destination", fault };
  }
  return { ok: true, channel: channel.output, destination: parsed.url };
}

function sayDestinationFault(error: DestinationError, { hosts }: DestinationRules): string {
  const sentences: Record<DestinationError, string> = {
    not_a_url: `Give the whole address of a page, such as https://${hosts[0] ?? "shop.example"}/.`,
    control_characters_not_allowed: "The address has a line break or another invisible character in it.",
    scheme_not_allowed: "The address must begin with https:// or http://.",
    credentials_not_allowed: "The address must not have a user name or a password in it.",
    host_not_allowed: `Your links can lead to pages of this merchant: ${hosts.join(", ")}.`,
    click_parameter_not_allowed: "Leave “lc_click” out of the address: each click gets its own.",
  };
  return sentences[error];
}

/** The sub-ids of a form, cut and cleaned as the redirect will read them. */
export function readSubIdForm(form: LinkForm): (string | null)[] {
  return readSubIds(SUB_IDS.map((name) => [name, (form[name] ?? "").trim()])) ?? [];
}
