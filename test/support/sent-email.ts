/** An email as the platform's `send_email` binding gets it. */
export interface SentEmail {
  from: string | { email: string; name: string };
  to: string;
  subject: string;
  text: string;
  html: string;
  headers: Record<string, string>;
  replyTo?: string;
}
