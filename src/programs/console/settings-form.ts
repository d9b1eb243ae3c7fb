/** A program's settings as a form has them, and as the API has them. */

/** Settings that are a text, or null where the field is left empty. */
const OPTIONAL_TEXTS = [
  ...["headline", "logo_url", "color", "support_email", "terms_url", "terms_version"],
  ...["home_url", "redirect_host", "cookie_domain", "fallback_url", "referral_parameter", "legal_name", "address"],
] as const;

/** Settings that are on or off. */
const FLAGS = ["deep_links", "own_slugs", "payout_auto_draft"] as const;

/** The values of the form's fields for a program's settings. Hosts are lines. */
export function settingsForm(program: Readonly<Record<string, unknown>>): Record<string, string> {
  const { destination_hosts, ...others } = program;
  const texts = ["name", "kind", "cookie_mode", ...OPTIONAL_TEXTS].map((name) => [name, String(others[name] ?? "")]);
  const flags = FLAGS.map((name) => [name, others[name] === true ? "on" : ""]);
  const hosts = Array.isArray(destination_hosts) ? destination_hosts.join("\n") : "";
  return Object.fromEntries([...texts, ...flags, ["destination_hosts", hosts]]);
}

/** The body of `PATCH /v1/programs/:program` for what was entered. An unchecked box isn't submitted. */
export function readSettingsForm(values: Readonly<Record<string, string>>): Record<string, unknown> {
  const { name, kind, cookie_mode, destination_hosts = "" } = values;
  const hosts = destination_hosts.split(/[\s,]+/).filter((host) => host !== "");
  return {
    ...{ name, kind, cookie_mode, destination_hosts: hosts },
    ...Object.fromEntries(OPTIONAL_TEXTS.map((field) => [field, values[field]?.trim() || null])),
    ...Object.fromEntries(FLAGS.map((field) => [field, values[field] === "on"])),
  };
}
