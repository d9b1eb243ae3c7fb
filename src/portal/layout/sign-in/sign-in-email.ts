/** The email with a sign-in link. */
import { messages } from "../../../lib/messages/messages.ts";
import type { Brand } from "../../../mail/brand.ts";
import { composeEmail, type Email } from "../../../mail/compose-email.ts";

/** Writes the email of the portal, or of the merchant's console. The whole link is visible. */
export function writeSignInEmail(
  site: "portal" | "console",
  options: { to: string; url: string; minutes: number; brand: Brand | null },
): Email {
  const { to, url, minutes, brand } = options;
  const { host } = new URL(url);
  const { subject, paragraphs } = messages.emails.sign_in[site];
  const links = [{ url, label: messages.emails.actions.sign_in }];
  return composeEmail({ to, subject: subject(host), paragraphs: paragraphs({ host, url, minutes }), links, brand });
}
