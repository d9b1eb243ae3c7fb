/** The demo shops' pages. They need no script and no other request. */
import type { Receipt } from "../../src/webhooks/conversion-event.ts";
import { type DemoProgram, PROGRAMS } from "./programs.ts";
import { formatAmount, productOf, type SaleExplanation } from "./sale-event.ts";

/** A shop's colors: behind white text, and as text in light and dark mode. */
const COLORS: Record<DemoProgram["slug"], string> = {
  orbit: "--brand:#4338ca;--ink:light-dark(#4338ca,#a5b4fc)",
  harvest: "--brand:#166534;--ink:light-dark(#166534,#86efac)",
};

const STYLE = `
:root{color-scheme:light dark;--ground:#fbfaf8;--card:#fff;--text:#1c1b1a;--quiet:#66625d;--line:#e4e0da}
@media(prefers-color-scheme:dark){:root{--ground:#171615;--card:#211f1e;--text:#f2efeb;--quiet:#a8a29a;--line:#3a3734}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--text);font:1rem/1.6 system-ui,sans-serif}
main{max-width:40rem;margin:0 auto;padding:3rem 1.25rem}
h1{font-size:2.25rem;line-height:1.15;letter-spacing:-.02em;margin:.25rem 0 .5rem}
.brand,a{color:var(--ink)}.brand{font-weight:700}
.lead{font-size:1.15rem;color:var(--quiet);margin:0 0 2rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1.25rem 1.5rem;margin:1.25rem 0}
.card>:first-child{margin-top:0}.card p{margin:0 0 1rem}.card>:last-child{margin-bottom:0}
.price{font-size:1.6rem;font-weight:650}
button{font:inherit;font-weight:600;color:#fff;background:var(--brand);border:0;border-radius:.5rem;padding:.7rem 1.4rem;cursor:pointer}
button:focus-visible,a:focus-visible{outline:3px solid var(--ink);outline-offset:2px}
code,pre{font:.85rem/1.5 ui-monospace,monospace;overflow-wrap:anywhere;white-space:pre-wrap}
pre{margin:.5rem 0 0}dl{display:grid;grid-template-columns:max-content 1fr;gap:.35rem 1.25rem;margin:0}dt{color:var(--quiet)}dd{margin:0}
small{color:var(--quiet)}`;

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

const escapeHtml = (text: string) => text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? "");

function page(title: string, color: string, body: string): string {
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><link rel="icon" href="data:,"><style>${STYLE}main{${color}}</style>
<main>${body}</main></html>`;
}

/** The list of shops. */
export function indexPage(): string {
  const shops = PROGRAMS.map(({ slug, name, tagline }) => `<li><a href="/${slug}">${name}</a>: ${tagline}</li>`);
  return page(
    "Demo shops",
    COLORS.orbit,
    `<h1>Demo shops</h1><p class="lead">The shops of the demo's two merchants.</p><ul>${shops.join("")}</ul>`,
  );
}

/** The landing page. A hidden field sends the click token with the order; the token is null for a visitor without a click. */
export function landingPage(program: DemoProgram, token: string | null, order: string): string {
  const { name, amount } = productOf(program);
  const arrival =
    token === null
      ? `<p>You did not come through an affiliate link.</p>`
      : `<p>Your click token:</p><p><code>${escapeHtml(token)}</code></p>
<p><small>To post a signed sale for this click from a terminal:</small></p><pre>npm run demo:sale -- ${escapeHtml(token)}</pre>`;
  return page(
    `${program.name} demo shop`,
    COLORS[program.slug],
    `<p class="brand">${program.name}</p><h1>${program.tagline}</h1>
<p class="lead">This is a demo shop. Buying is free and sends a signed sale to Lastclick.</p>
<form class="card" method="post" action="/${program.slug}/buy">
<p>${program.name} ${name}</p><p class="price">${formatAmount(amount, program.currency)} <small>per ${program.interval}</small></p>
<input type="hidden" name="order" value="${escapeHtml(order)}"><input type="hidden" name="click" value="${escapeHtml(token ?? "")}">
<button>Buy</button></form>
<section class="card">${arrival}</section>`,
  );
}

/** Lastclick's answer to the order's webhook. */
export interface SaleAnswer {
  status: number;
  json: Record<string, unknown>;
  receipt: Receipt | null;
  explanation: SaleExplanation | null;
  /** A one-time link that signs the credited affiliate in to the portal; null if nobody is credited. */
  portal_url: string | null;
}

export function answerPage(program: DemoProgram, answer: SaleAnswer): string {
  const { receipt, explanation } = answer;
  const rows: [string, string][] =
    receipt === null
      ? [["Refused", String(answer.json.detail ?? answer.status)]]
      : [
          ["Status", receipt.status],
          ["Credit", receipt.attributed_to ?? "nobody"],
          ["Why", explanation?.text ?? receipt.reason],
          ...(explanation?.commission
            ? [["Commission", describeCommission(explanation.commission)] as [string, string]]
            : []),
        ];
  const portal =
    answer.portal_url === null
      ? ""
      : `<p><a href="${escapeHtml(answer.portal_url)}">See it in ${escapeHtml(receipt?.attributed_to ?? "")}'s portal</a> <small>(the link works once)</small></p>`;
  return page(
    `${program.name}: thank you`,
    COLORS[program.slug],
    `<p class="brand">${program.name}</p><h1>${receipt === null ? "The sale was refused" : "Thank you"}</h1>
<p class="lead">Lastclick's answer to the shop's signed webhook:</p>
<section class="card"><dl>${rows.map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`).join("")}</dl></section>
${portal}<p><small>Reload this page to send the same order again: it is a duplicate and counts once. <a href="/${program.slug}">Back to the shop</a></small></p>
<section class="card"><small>${answer.status}</small><pre>${escapeHtml(JSON.stringify(answer.json, null, 2))}</pre></section>`,
  );
}

export function describeCommission({
  amount,
  currency,
  clears_at,
}: NonNullable<SaleExplanation["commission"]>): string {
  return `${formatAmount(amount, currency)}, clears on ${clears_at.slice(0, 10)}`;
}
