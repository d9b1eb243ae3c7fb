/** Providers that read `j.doe` and `jdoe` as one mailbox, by the name that stands for all of theirs. */
const DOTS_MEAN_NOTHING: Readonly<Record<string, string>> = { "gmail.com": "gmail.com", "googlemail.com": "gmail.com" };

/**
 * One spelling for one mailbox: case, the tag behind a plus sign (RFC 5233) and, where the provider ignores them (Gmail's
 * help, "Dots don't matter in Gmail addresses"), the dots of the local part say nothing about whose it is.
 */
export function normalizeEmail(text: string): string {
  const email = text.trim().toLowerCase();
  const at = email.lastIndexOf("@");
  if (at < 1) return email;
  const domain = email.slice(at + 1);
  // An address that is nothing but a tag stays what it is.
  const local = email.slice(0, at).replace(/(?<=.)\+.*$/s, "");
  const known = DOTS_MEAN_NOTHING[domain];
  return known === undefined ? `${local}@${domain}` : `${local.replaceAll(".", "")}@${known}`;
}
