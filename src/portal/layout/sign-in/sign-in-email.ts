/** The letter with a sign-in link, as text: nothing in it is fetched, and the link is there to be seen. */

/** A letter as the platform's `send_email` binding takes it. */
export interface Mail {
  from: string;
  to: string;
  subject: string;
  text: string;
}

/** Writes the letter; the link stands on a line of its own. */
export function writeSignInMail({
  from,
  to,
  url,
  minutes,
}: {
  from: string;
  to: string;
  url: string;
  minutes: number;
}): Mail {
  const { host } = new URL(url);
  const text = [
    `Here is the link that was asked for, to sign in to the affiliate portal at ${host}:`,
    url,
    `It works once, for ${minutes} minutes. The page that it opens has a button: press it in the browser that you want to be signed in with.`,
    "Was it not you who asked? Then leave this letter alone: without the link nobody gets in.",
  ].join("\n\n");
  return { from, to, subject: `Sign in to the affiliate portal at ${host}`, text: `${text}\n` };
}
