/** The pages that no Markdown file has: the start page, and the one for URLs that don't exist. */

import { renderCode } from "./highlight-code.ts";
import { type Html, html, raw } from "./html.ts";
import { icon } from "./icons.ts";
import type { Page } from "./layout.ts";
import { listPages, type NavGroup, type NavPage } from "./navigation.ts";

const TAGLINE =
  "Affiliate tracking on your own Cloudflare account: redirects, attribution, an append-only ledger, payouts and a portal for affiliates.";

/** What most people come for. */
const TASKS: readonly { path: string; title: string; text: string }[] = [
  {
    path: "/docs/quickstart",
    title: "Quickstart",
    text: "From the first click to a paid commission, on your own machine.",
  },
  { path: "/docs/programs", title: "Set up a program", text: "Currency, destination hosts, cookies and affiliates." },
  { path: "/docs/checkouts", title: "Connect a checkout", text: "Stripe, Paddle, Shopify, PayPal and many more." },
  { path: "/docs/terms", title: "Decide what you pay", text: "Rates, tiers, bonuses, and presets of known programs." },
  { path: "/docs/payouts", title: "Pay your affiliates", text: "Statements, approvals and payment files." },
  { path: "/docs/api", title: "Call the API", text: "Every call, with an example that you can copy." },
];

/** The start page, `/docs`. */
export function makeHomePage(groups: readonly NavGroup[]): Page {
  const paths = new Set(listPages(groups).map(({ path }) => path));
  return {
    path: "/docs",
    title: "Lastclick docs",
    description: TAGLINE,
    kind: "home",
    content: html`<div class="hero"><div><h1>Lastclick docs</h1>
<p class="lead">${TAGLINE}</p>
<p class="actions"><a class="button primary" href="/docs/quickstart">Start with the quickstart ${icon("right", 16)}</a><a class="button" href="/docs/overview">What Lastclick does</a></p></div>
${raw(renderCode("git clone <this repository> lastclick\ncd lastclick\nnpm ci && npm run dev\n", "sh", "Try it: no account needed"))}</div>
<ul class="cards">${TASKS.filter(({ path }) => paths.has(path)).map(card)}</ul>
<div class="index">${groups.map(indexOf)}</div>`,
    aside: null,
    markdown: null,
  };
}

function card({ path, title, text }: (typeof TASKS)[number]): Html {
  return html`<li><a class="card" href="${path}"><strong>${title}</strong><span>${text}</span></a></li>`;
}

function indexOf({ title, pages }: NavGroup): Html {
  return html`<section><h2>${title}</h2>
<ul>${pages.map(entry)}</ul></section>`;
}

function entry({ path, label, children }: NavPage): Html {
  const below = children.length === 0 ? "" : html`\n<ul>${children.map(entry)}</ul>`;
  return html`<li><a href="${path}">${label}</a>${below}</li>`;
}

/** Shown with status 404. */
export function makeNotFoundPage(): Page {
  return {
    path: "/docs/404",
    title: "Page not found",
    description: "There is no page at this URL.",
    kind: "message",
    content: html`<article class="prose"><p class="kicker">404</p><h1>Page not found</h1>
<p class="lead">There is no page at this URL. It may have moved, or the URL was mistyped.</p>
<p class="actions"><a class="button primary" href="/docs">All docs</a><button type="button" class="button needs-script" data-opens-search>Search</button></p></article>`,
    aside: null,
    markdown: null,
  };
}
