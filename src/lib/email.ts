import isEmail from "validator/lib/isEmail.js";

/**
 * Whether text is one email address, without a display name: any local part of RFC 5321 and RFC 6531 (`o'brien`, `müller`),
 * and a domain name, which may be internationalized. At most 254 bytes.
 */
export function isEmailAddress(text: string): boolean {
  return isEmail(text);
}

/** Domains whose provider ignores dots in the local part, with the provider's main domain. */
const IGNORES_DOTS: Readonly<Record<string, string>> = { "gmail.com": "gmail.com", "googlemail.com": "gmail.com" };

/**
 * Normalizes an email address, so that all spellings of a mailbox are equal: lower case, composed characters (RFC 6532,
 * section 3.1), the domain in its ASCII form (RFC 5890), without the tag after a plus sign (RFC 5233) and, if the provider ignores them (Gmail Help, "Dots don't matter in Gmail addresses"), without dots.
 */
export function normalizeEmail(text: string): string {
  const email = text.trim().toLowerCase().normalize("NFC");
  const at = email.lastIndexOf("@");
  if (at < 1) return email;
  const domain = toAsciiDomain(email.slice(at + 1));
  // An address that consists of a tag only stays as it is.
  const local = email.slice(0, at).replace(/(?<=.)\+.*$/s, "");
  const known = IGNORES_DOTS[domain];
  return known === undefined ? `${local}@${domain}` : `${local.replaceAll(".", "")}@${known}`;
}

function toAsciiDomain(domain: string): string {
  // Of an ASCII domain nothing changes, also not what a URL would: hashes of earlier addresses stay valid.
  if (/^[\x20-\x7e]*$/.test(domain)) return domain;
  return URL.parse(`http://${domain}`)?.hostname ?? domain;
}
