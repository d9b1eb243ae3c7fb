/** Writes emails as text and as HTML, from the same paragraphs, with a program's brand. */
import { html } from "hono/html";
import { textColorOn } from "../lib/contrast.ts";
import { messages } from "../lib/messages/messages.ts";
import type { Brand } from "./brand.ts";

/** What an email says. */
export interface EmailContent {
  to: string;
  subject: string;
  /** Each is one or more lines. Texts from others arrive cut to one line. */
  paragraphs: readonly string[];
  /**
   * The URLs in the paragraphs that become links. A paragraph that is only the URL becomes a button with the label; a line that
   * ends with it becomes a link. Any other URL stays text, so that nobody else's text can add a link.
   */
  links: readonly EmailLink[];
  /** Null if the email is about several programs, or none. */
  brand: Brand | null;
  headers?: Readonly<Record<string, string>>;
}

export interface EmailLink {
  url: string;
  label: string;
}

/** An email to send. The sender's address is added when it is sent. */
export interface Email {
  to: string;
  /** The sender's name; null for none. */
  from_name: string | null;
  reply_to: string | null;
  subject: string;
  text: string;
  html: string;
  headers: Readonly<Record<string, string>>;
}

const ACCENT = "#0f6b5c";
const PAGE = "margin:0;padding:24px 12px;background:#f4f4f1;font:16px/1.5 system-ui,sans-serif;color:#1c1c1a";
const CARD = "max-width:560px;margin:0 auto;padding:28px;background:#ffffff;border-radius:12px";
const SMALL = "font-size:13px;color:#5d5d57;word-break:break-all";

/** Writes the email. Nothing in its HTML is fetched but the brand's logo. */
export function composeEmail({ to, subject, paragraphs, links, brand, headers = {} }: EmailContent): Email {
  const support = brand?.support_email ?? null;
  const told = support === null ? paragraphs : [...paragraphs, messages.emails.support(support)];
  return {
    ...{ to, subject, headers, from_name: brand?.name ?? null, reply_to: support },
    text: `${told.join("\n\n")}\n`,
    html: writeHtml(subject, told, { links, brand }),
  };
}

function writeHtml(
  subject: string,
  paragraphs: readonly string[],
  { links, brand }: Pick<EmailContent, "links" | "brand">,
): string {
  const body = paragraphs.map((paragraph) => writeParagraph(paragraph, links, brand?.color ?? ACCENT));
  return String(html`<!doctype html>
<html lang="${messages.locale}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${subject}</title></head>
<body style="${PAGE}">
<div style="${CARD}">
${brand === null ? "" : writeBrand(brand)}
${body}
</div>
</body>
</html>
`);
}

function writeBrand({ name, logo_url }: Brand) {
  const style = "height:32px;vertical-align:middle;margin-right:10px";
  const logo = logo_url === null ? "" : html`<img src="${logo_url}" alt="" height="32" style="${style}">`;
  return html`<p style="margin:0 0 20px;font-weight:600">${logo}${name}</p>`;
}

function writeParagraph(paragraph: string, links: readonly EmailLink[], color: string) {
  const button = links.find(({ url }) => url === paragraph);
  if (button !== undefined) return writeButton(button, color);
  const lines = paragraph
    .split("\n")
    .map((line, index) => html`${index === 0 ? "" : html`<br>`}${writeLine(line, links)}`);
  return html`<p style="margin:0 0 16px">${lines}</p>
`;
}

/** The whole URL stays visible below the button. */
function writeButton({ url, label }: EmailLink, color: string) {
  const style = `display:inline-block;padding:10px 18px;border-radius:8px;background:${color};color:${textColorOn(color)};text-decoration:none`;
  return html`<p style="margin:0 0 16px"><a href="${url}" style="${style}">${label}</a><br>
<span style="${SMALL}">${url}</span></p>
`;
}

function writeLine(line: string, links: readonly EmailLink[]) {
  const link = links.find(({ url }) => line === url || line.endsWith(` ${url}`));
  if (link === undefined) return line;
  const { url, label } = link;
  const before = line.slice(0, -url.length).replace(/: $/, "");
  return html`<a href="${url}">${before === "" ? label : before}</a>`;
}
