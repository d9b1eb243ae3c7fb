/** The demo shops' pages. They need no script and no other request. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Receipt } from "../../src/webhooks/conversion-event.ts";
import { type DemoProgram, PROGRAMS } from "./programs.ts";
import { formatAmount, productOf, type SaleExplanation } from "./sale-event.ts";

const STYLE = readFileSync(join(import.meta.dirname, "shop.css"), "utf8");

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

const escapeHtml = (text: string) => text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? "");

function page(title: string, shop: DemoProgram["slug"], body: string): string {
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><link rel="icon" href="data:,"><style>${STYLE}</style>
<main class="${shop}">${body}</main></html>`;
}

/** The list of shops. */
export function indexPage(): string {
  const shops = PROGRAMS.map(({ slug, name, tagline }) => `<li><a href="/${slug}">${name}</a>: ${tagline}</li>`);
  return page(
    "Demo shops",
    "orbit",
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
    program.slug,
    `<p class="brand">${program.name}</p><h1>${program.tagline}</h1>
<p class="lead">This is a demo shop. Buying is free and sends a signed sale to Lastclick.</p>
<form class="card" method="post" action="/${program.slug}/buy">
<p>${program.name} ${name}</p><p class="price">${formatAmount(amount, program.currency)} <small>per ${program.interval}</small></p>
<input type="hidden" name="order" value="${escapeHtml(order)}"><input type="hidden" name="click" value="${escapeHtml(token ?? "")}">
<button>Buy</button></form>
<section class="card">${arrival}</section>`,
  );
}

/** Lastclick's response to the order's webhook. */
export interface SaleAnswer {
  status: number;
  json: Record<string, unknown>;
  receipt: Receipt | null;
  explanation: SaleExplanation | null;
  /** A one-time link that signs the credited affiliate in to the portal; null if no affiliate is credited. */
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
    program.slug,
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
