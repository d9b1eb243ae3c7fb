/** The demo shops' pages: whole, without a script or a request to anyone. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Receipt } from "../../src/webhooks/conversion-event.ts";
import { type DemoProgram, PROGRAMS } from "./cast.ts";
import { formatAmount, productOf, type SaleStory } from "./make-sale.ts";

const STYLE = readFileSync(join(import.meta.dirname, "shop.css"), "utf8");

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

const escapeHtml = (text: string) => text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? "");

function page(title: string, shop: DemoProgram["slug"], body: string): string {
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><link rel="icon" href="data:,"><style>${STYLE}</style>
<main class="${shop}">${body}</main></html>`;
}

/** The way in, for somebody who comes without a link. */
export function indexPage(): string {
  const shops = PROGRAMS.map(({ slug, name, tagline }) => `<li><a href="/${slug}">${name}</a>: ${tagline}</li>`);
  return page(
    "Demo shops",
    "orbit",
    `<h1>Demo shops</h1><p class="lead">The merchants of the Lastclick demo.</p><ul>${shops.join("")}</ul>`,
  );
}

/** The landing page. The token goes with the order as a hidden field; null where nobody sent this visitor. */
export function landingPage(program: DemoProgram, token: string | null, order: string): string {
  const { name, amount } = productOf(program);
  const arrival =
    token === null
      ? `<p>You came on your own: no affiliate's click is known.</p>`
      : `<p>You arrived with click</p><p><code>${escapeHtml(token)}</code></p>
<p><small>To post a signed sale for it from a terminal:</small></p><pre>npm run demo:sale -- ${escapeHtml(token)}</pre>`;
  return page(
    `${program.name} demo shop`,
    program.slug,
    `<p class="brand">${program.name}</p><h1>${program.tagline}</h1>
<p class="lead">A demo shop. Buying costs nothing and sends a signed sale to Lastclick.</p>
<form class="card" method="post" action="/${program.slug}/buy">
<p>${program.name} ${name}</p><p class="price">${formatAmount(amount, program.currency)} <small>a ${program.interval}</small></p>
<input type="hidden" name="order" value="${escapeHtml(order)}"><input type="hidden" name="click" value="${escapeHtml(token ?? "")}">
<button>Buy</button></form>
<section class="card">${arrival}</section>`,
  );
}

/** What Lastclick answered to the order's webhook. */
export interface SaleAnswer {
  status: number;
  json: Record<string, unknown>;
  receipt: Receipt | null;
  story: SaleStory | null;
  /** Signs the credited affiliate in to the portal, once. Null where nobody got the credit. */
  portal_url: string | null;
}

export function answerPage(program: DemoProgram, answer: SaleAnswer): string {
  const { receipt, story } = answer;
  const rows: [string, string][] =
    receipt === null
      ? [["Refused", String(answer.json.detail ?? answer.status)]]
      : [
          ["Status", receipt.status],
          ["Credit", receipt.attributed_to ?? "nobody"],
          ["Why", story?.text ?? receipt.reason],
          ...(story?.commission ? [["Commission", describeCommission(story.commission)] as [string, string]] : []),
        ];
  const portal =
    answer.portal_url === null
      ? ""
      : `<p><a href="${escapeHtml(answer.portal_url)}">See it in ${escapeHtml(receipt?.attributed_to ?? "")}'s portal</a> <small>(the link works once)</small></p>`;
  return page(
    `${program.name}: thank you`,
    program.slug,
    `<p class="brand">${program.name}</p><h1>${receipt === null ? "That did not work" : "Thank you"}</h1>
<p class="lead">Lastclick's answer to the shop's signed webhook:</p>
<section class="card"><dl>${rows.map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`).join("")}</dl></section>
${portal}<p><small>Load this page again: the same order is a duplicate and counts once. <a href="/${program.slug}">Back to the shop</a></small></p>
<section class="card"><small>${answer.status}</small><pre>${escapeHtml(JSON.stringify(answer.json, null, 2))}</pre></section>`,
  );
}

export function describeCommission({ amount, currency, clears_at }: NonNullable<SaleStory["commission"]>): string {
  return `${formatAmount(amount, currency)}, clears on ${clears_at.slice(0, 10)}`;
}
