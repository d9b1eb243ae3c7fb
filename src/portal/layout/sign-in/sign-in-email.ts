/** The email with a sign-in link. Plain text: nothing in it is fetched, and the whole link is visible. */
import { messages } from "../../../lib/messages/messages.ts";

/** An email as the platform's `send_email` binding takes it. */
export interface PlainTextEmail {
  from: string;
  to: string;
  subject: string;
  text: string;
}

/** Writes the email of the portal, or of the merchant's console. The link is on a line of its own. */
export function writeSignInEmail(
  site: "portal" | "console",
  options: { from: string; to: string; url: string; minutes: number },
): PlainTextEmail {
  const { from, to, url, minutes } = options;
  const { host } = new URL(url);
  const { subject, paragraphs } = messages.emails.sign_in[site];
  return { from, to, subject: subject(host), text: `${paragraphs({ host, url, minutes }).join("\n\n")}\n` };
}
