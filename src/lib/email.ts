/** Domains whose provider ignores dots in the local part, with the provider's main domain. */
const IGNORES_DOTS: Readonly<Record<string, string>> = { "gmail.com": "gmail.com", "googlemail.com": "gmail.com" };

/**
 * Normalizes an email address, so that all spellings of a mailbox are equal: lower case, without the tag after a plus sign
 * (RFC 5233) and, if the provider ignores them (Gmail Help, "Dots don't matter in Gmail addresses"), without dots.
 */
export function normalizeEmail(text: string): string {
  const email = text.trim().toLowerCase();
  const at = email.lastIndexOf("@");
  if (at < 1) return email;
  const domain = email.slice(at + 1);
  // An address that consists of a tag only stays as it is.
  const local = email.slice(0, at).replace(/(?<=.)\+.*$/s, "");
  const known = IGNORES_DOTS[domain];
  return known === undefined ? `${local}@${domain}` : `${local.replaceAll(".", "")}@${known}`;
}
