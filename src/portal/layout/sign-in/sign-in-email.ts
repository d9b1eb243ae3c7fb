/** The email with a sign-in link. Plain text: nothing in it is fetched, and the whole link is visible. */

/** An email as the platform's `send_email` binding takes it. */
export interface PlainTextEmail {
  from: string;
  to: string;
  subject: string;
  text: string;
}

/** Writes the email. The link is on a line of its own. */
export function writeSignInEmail(options: { from: string; to: string; url: string; minutes: number }): PlainTextEmail {
  const { from, to, url, minutes } = options;
  const { host } = new URL(url);
  const text = [
    `Use this link to sign in to the affiliate portal at ${host}:`,
    url,
    `It works once and expires in ${minutes} minutes. Open it in the browser you want to sign in with, then press the button on the page.`,
    "Didn't request this? You can ignore this email. Nobody can sign in without the link.",
  ].join("\n\n");
  return { from, to, subject: `Sign in to the affiliate portal at ${host}`, text: `${text}\n` };
}
