/** Emails about joining a program, and about an account's address. Names and texts from others arrive cut to one line. */
import { emails } from "./emails.ts";
import { days } from "./english.ts";

/** An email: its subject, and paragraphs with links on lines of their own. */
export interface JoiningEmail {
  subject: string;
  paragraphs: string[];
  /** Which of the paragraphs are links. */
  links: { url: string; label: string }[];
}

export const joining = {
  confirm: ({ program, url, hours }: { program: string; url: string; hours: number }): JoiningEmail => ({
    subject: `Confirm your email address for ${program}`,
    paragraphs: [
      `Confirm your email address to apply to the affiliate program of ${program}:`,
      url,
      `The link works for ${hours} hours. Open it, then select the button on the page.`,
      "If you didn’t apply, you can ignore this email. No one is notified.",
    ],
    links: [{ url, label: emails.actions.confirm_address }],
  }),
  received: ({ name, program, url, review_days }: Received): JoiningEmail => ({
    subject: `${program} has received your application`,
    paragraphs: [
      `Hi ${name},`,
      `Your application to the affiliate program of ${program} is in review. It is usually decided within ${days(review_days)}. We’ll email you.`,
      "See its state at any time:",
      url,
    ],
    links: [{ url, label: emails.actions.view_application }],
  }),
  approved: ({ name, username, program, link, coupon, portal }: Approved): JoiningEmail => ({
    subject: `Welcome to the affiliate program of ${program}`,
    paragraphs: [
      `Hi ${name},`,
      `You’re in: your application to ${program} is approved. Your username is ${username}.`,
      ...(link === null ? [] : ["Your link:", link]),
      ...(coupon === null
        ? []
        : [`Your coupon code: ${coupon}. A sale with it is credited to you, without a click on your link.`]),
      "Sign in to your portal for figures, more links and payouts:",
      portal,
    ],
    links: [
      ...(link === null ? [] : [{ url: link, label: emails.actions.view_link }]),
      { url: portal, label: emails.actions.open_portal },
    ],
  }),
  rejected: ({ name, program, reason, may_reapply, url }: Rejected): JoiningEmail => ({
    subject: `Your application to ${program}`,
    paragraphs: [
      `Hi ${name},`,
      `${program} didn’t accept your application to its affiliate program.`,
      ...(reason === null ? [] : [`The reason: ${reason}`]),
      ...(may_reapply ? ["You may apply again:", url] : ["You can’t apply again."]),
    ],
    links: [{ url, label: emails.actions.apply_again }],
  }),
  email_change: ({ url, host, to }: { url: string; host: string; to: string }): JoiningEmail => ({
    subject: `Confirm your new email address at ${host}`,
    paragraphs: [
      `The email address of your affiliate account at ${host} is about to change to ${to}. Confirm it:`,
      url,
      "It changes once it is confirmed at both addresses, within a day.",
      "If you didn’t ask for this, don’t open the link: nothing changes. Sign out everywhere on your account page, and tell the merchant.",
    ],
    links: [{ url, label: emails.actions.confirm_address }],
  }),
  invitation: ({ name, program, url, days: valid }: Invited): JoiningEmail => ({
    subject: `${program} invites you to its affiliate program`,
    paragraphs: [
      name === null ? "Hi," : `Hi ${name},`,
      `${program} invites you to join its affiliate program. This link is yours, works once, and expires in ${days(valid)}:`,
      url,
    ],
    links: [{ url, label: emails.actions.join }],
  }),
};

interface Received {
  name: string;
  program: string;
  url: string;
  review_days: number;
}

interface Approved {
  name: string;
  username: string;
  program: string;
  link: string | null;
  coupon: string | null;
  portal: string;
}

interface Rejected {
  name: string;
  program: string;
  reason: string | null;
  may_reapply: boolean;
  url: string;
}

interface Invited {
  name: string | null;
  program: string;
  url: string;
  days: number;
}
