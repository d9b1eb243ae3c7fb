import { formStyle, paperStyle } from "./form-style.ts";
import { linkStyle } from "./link-style.ts";

/** The portal's one style sheet. Phone first; colours by variables, light and dark; no web fonts, no images. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #f6f6f3; --card: #ffffff; --line: #e4e3dd; --line-strong: #cfcec6;
  --text: #1d1d1a; --muted: #63625a; --accent: #0f766e; --accent-soft: #0f766e1f; --on-accent: #ffffff;
  --second: #b45309; --notice: #fdf6e3; --notice-line: #ead9a8; --off: #b42318; --shadow: 0 1px 2px #1d1d1a0d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #131312; --card: #1c1c1a; --line: #2f2f2b; --line-strong: #46453f;
    --text: #edece6; --muted: #a5a399; --accent: #4fd1c0; --accent-soft: #4fd1c024; --on-accent: #10201e;
    --second: #f0b354; --notice: #2a2415; --notice-line: #52461f; --off: #ff8f85; --shadow: none;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--text); overflow-wrap: break-word;
  font: 400 0.9375rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
h1, h2, h3, p, dl, dd, ol, figure { margin: 0; padding: 0; }
h1 { font-size: 1.5rem; line-height: 1.2; font-weight: 650; letter-spacing: -0.015em; text-wrap: balance; }
h2 { font-size: 1rem; line-height: 1.3; font-weight: 600; }
h3 { font-size: 0.875rem; font-weight: 600; margin-top: 1.5rem; }
a { color: var(--accent); text-underline-offset: 0.15em; text-decoration-thickness: 0.07em; }
a:hover { text-decoration-thickness: 0.12em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.muted, .note { color: var(--muted); }
.note { font-size: 0.8125rem; line-height: 1.4; }
.vh { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -100vw; top: 0.5rem; padding: 0.5rem 1rem; background: var(--card); z-index: 1; }
.skip:focus { left: 0.5rem; }

.bar { background: var(--card); border-bottom: 1px solid var(--line); }
.bar-inner, main, .foot { max-width: 68rem; margin-inline: auto; padding-inline: 1rem; }
.bar-inner { display: flex; align-items: center; justify-content: space-between; gap: 1rem; min-height: 3.5rem; }
.brand { display: flex; align-items: center; gap: 0.625rem; color: inherit; font-weight: 600; text-decoration: none; }
.mark { flex: none; fill: var(--accent); }
.mark path { fill: var(--on-accent); }
.who { display: flex; align-items: center; gap: 1rem; min-width: 0; }
.who-name { display: none; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
button {
  font: inherit; font-weight: 500; color: inherit; background: transparent; cursor: pointer; white-space: nowrap;
  border: 1px solid var(--line-strong); border-radius: 0.5rem; padding: 0.3125rem 0.75rem;
}
button:hover { background: var(--page); }

.pages { max-width: 68rem; margin-inline: auto; padding-inline: 0.5rem; overflow-x: auto; scrollbar-width: none; }
.pages ul { display: flex; list-style: none; margin: 0; padding: 0; width: max-content; }
.pages a { display: block; padding: 0.5rem 0.5rem; color: var(--muted); text-decoration: none; font-weight: 500; white-space: nowrap; border-bottom: 2px solid transparent; }
.pages a:hover { color: var(--text); }
.pages a:focus-visible { outline-offset: -2px; }
.pages [aria-current] { color: var(--text); border-color: var(--accent); }
.periods { display: flex; flex-wrap: wrap; gap: 0.5rem; max-width: 100%; }
.menu { position: relative; }
.menu summary { margin: 0; list-style: none; padding: 0.3125rem 0.75rem; font-size: inherit; font-weight: 500; color: var(--muted); background: var(--card); border: 1px solid var(--line-strong); border-radius: 0.5rem; }
.menu summary::-webkit-details-marker { display: none; }
.menu summary::after { content: " ▾"; }
.menu summary:hover { color: var(--text); }
.menu .chosen, .menu .chosen:hover { background: var(--accent); color: var(--on-accent); border-color: transparent; }
.popup { position: absolute; z-index: 2; right: 0; top: calc(100% + 0.375rem); width: max-content; max-width: calc(100vw - 2rem); display: grid; gap: 0.125rem; padding: 0.625rem; background: var(--card); border: 1px solid var(--line-strong); border-radius: 0.625rem; box-shadow: 0 8px 24px #0003; }
.popup a { padding: 0.3125rem 0.5rem; color: inherit; text-decoration: none; border-radius: 0.375rem; }
.popup a:hover, .popup [aria-current] { background: var(--accent-soft); }
.popup form { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0.5rem; margin-top: 0.375rem; padding: 0.5rem 0.5rem 0; border-top: 1px solid var(--line); }
.popup label { display: grid; font-size: 0.8125rem; color: var(--muted); min-width: 0; }
.popup button { grid-column: 1 / -1; }
input, select, textarea { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line-strong); border-radius: 0.5rem; padding: 0.3125rem 0.5rem; min-width: 0; max-width: 100%; }
.stack { display: grid; gap: 1.25rem; grid-template-columns: minmax(0, 1fr); }
.news { padding: 0.75rem 1rem; border-left: 3px solid var(--accent); background: var(--accent-soft); border-radius: 0 0.5rem 0.5rem 0; }
.news h2 { font-size: 0.875rem; }
.news ul { list-style: none; margin: 0.25rem 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: 0.125rem 1.25rem; }
.light { font-weight: 400; }
.delta { white-space: nowrap; }
.delta.up { color: var(--accent); }
.delta.down { color: var(--second); }
.readout { font-size: 0.8125rem; color: var(--muted); text-align: right; font-variant-numeric: tabular-nums; min-height: 1.25rem; }

main { padding-block: 1.5rem 2rem; display: grid; gap: 1.25rem; grid-template-columns: minmax(0, 1fr); }
.page-head { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.75rem 1rem; }
.page-head h1 { min-width: 0; }
.page-head:has(.status) { justify-content: flex-start; }
.switch { display: flex; border: 1px solid var(--line-strong); border-radius: 0.5rem; overflow: hidden; background: var(--card); }
.switch a { padding: 0.3125rem 0.75rem; color: var(--muted); text-decoration: none; font-weight: 500; }
.switch a + a { border-left: 1px solid var(--line-strong); }
.switch a:hover { color: var(--text); }
.switch a:focus-visible { outline-offset: -2px; }
.switch [aria-current] { background: var(--accent); color: var(--on-accent); }
.switch [aria-current]:hover { color: var(--on-accent); }
.tabs { display: flex; flex-wrap: wrap; gap: 0 1.25rem; border-bottom: 1px solid var(--line); }
.tabs a { padding: 0.375rem 0; margin-bottom: -1px; color: var(--muted); text-decoration: none; font-weight: 500; border-bottom: 2px solid transparent; }
.tabs a:hover { color: var(--text); }
.tabs [aria-current] { color: var(--text); border-color: var(--accent); }
.full { flex-basis: 100%; }
.notice { padding: 0.75rem 1rem; background: var(--notice); border: 1px solid var(--notice-line); border-radius: 0.625rem; }
.back a { text-decoration: none; font-weight: 500; }
.back a:hover { text-decoration: underline; }

.card { background: var(--card); border: 1px solid var(--line); border-radius: 0.75rem; box-shadow: var(--shadow); padding: 1.125rem 1rem; min-width: 0; }
.card-head { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0.125rem 1rem; }
.card-head p { font-size: 0.8125rem; }
.empty { margin-top: 0.75rem; max-width: 40rem; color: var(--muted); }
.empty strong { color: var(--text); font-weight: 600; }

.figures { display: grid; gap: 1.25rem; grid-template-columns: minmax(0, 1fr); }
.figures section { display: grid; grid-template-rows: auto 1fr; min-width: 0; }
.figures h2 { margin-bottom: 0.5rem; font-size: 0.8125rem; color: var(--muted); font-weight: 500; }
.tiles { display: flex; flex-wrap: wrap; gap: 1px; background: var(--line); border: 1px solid var(--line); border-radius: 0.75rem; box-shadow: var(--shadow); overflow: hidden; }
.tile { flex: 1 1 calc(50% - 1px); display: flex; flex-direction: column; padding: 0.875rem 1rem; background: var(--card); min-width: 0; }
.balance .note { max-width: 16rem; }
.tile dt { display: flex; align-items: center; gap: 0.4375rem; font-weight: 500; font-size: 0.875rem; }
.tile .value { font-size: 1.5rem; line-height: 1.35; font-weight: 620; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.tile .strong { color: var(--accent); }
.swatch { width: 0.625rem; height: 0.625rem; border-radius: 3px; background: var(--accent); }
.swatch.sale { background: var(--second); }

.chart { margin-top: 0.875rem; }
.drawing { display: none; width: 100%; height: auto; }
.drawing.narrow { display: block; }
.drawing text { font-size: 12px; fill: var(--muted); font-variant-numeric: tabular-nums; }
.drawing .panel-name { font-weight: 600; fill: var(--text); }
.grid, .base { stroke: var(--line); stroke-width: 1; shape-rendering: crispEdges; }
.base { stroke: var(--line-strong); }
.clicks-area { fill: var(--accent-soft); }
.clicks-line { fill: none; stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.sales-bar { fill: var(--second); }
.hit { fill: transparent; }
.dot { fill: var(--accent); stroke: var(--card); stroke-width: 1.5; opacity: 0; pointer-events: none; }
.day:hover .hit, .day.at .hit { fill: var(--text); fill-opacity: 0.06; }
.day:hover .dot, .day.at .dot { opacity: 1; }
summary { cursor: pointer; font-size: 0.875rem; color: var(--accent); width: fit-content; margin-top: 0.5rem; }
.scroll { margin-top: 0.625rem; max-height: 20rem; overflow: auto; border: 1px solid var(--line); border-radius: 0.5rem; }
.plain { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
.plain th, .plain td { padding: 0.3125rem 0.875rem; text-align: left; font-weight: 400; border-top: 1px solid var(--line); }
.plain thead th { position: sticky; top: 0; background: var(--card); border-top: 0; font-size: 0.8125rem; color: var(--muted); box-shadow: 0 1px var(--line); }
.plain .num { text-align: right; }

.data { display: block; margin-top: 0.5rem; }
.data thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.data tbody { display: block; }
.data tr { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0.625rem 1rem; padding-block: 1rem; border-top: 1px solid var(--line); }
.data tr:first-child { border-top: 0; }
.data tbody tr:last-child { padding-bottom: 0; }
.data td, .data tbody th { display: block; min-width: 0; text-align: left; font-weight: 400; font-variant-numeric: tabular-nums; }
.data td::before { content: attr(data-label); display: block; font-size: 0.8125rem; color: var(--muted); }
.data .lead, .data .wide { grid-column: 1 / -1; }
.data .wide::before { content: none; }
.data strong { font-weight: 600; }
.data .note { display: block; }
.url { display: block; font-weight: 600; user-select: all; overflow-wrap: anywhere; }
.tags { display: flex; flex-wrap: wrap; gap: 0.3125rem; margin-block: 0.3125rem; }
.tag { display: inline-block; padding: 0 0.4375rem; font-size: 0.75rem; line-height: 1.6; font-weight: 500; color: var(--muted); border: 1px solid var(--line-strong); border-radius: 0.375rem; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; max-width: 100%; }
.tag.channel { color: var(--accent); border-color: currentColor; }
.tag.recorded { border-color: transparent; padding-inline: 0; }
.tag.off, .tag.refunded { color: var(--off); border-color: currentColor; }
.target { display: block; font-size: 0.8125rem; color: var(--muted); overflow-wrap: anywhere; }
.conversion-type { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem; font-weight: 600; }
.when, .via { display: block; font-size: 0.8125rem; color: var(--muted); }
.when { white-space: nowrap; }
.via { overflow-wrap: anywhere; }
.reason { font-size: 0.875rem; color: var(--muted); }
.reason a { font-weight: 500; white-space: nowrap; }

.facts { display: flex; flex-wrap: wrap; gap: 0.75rem 2.25rem; }
.facts dt { font-size: 0.8125rem; color: var(--muted); }
.facts dd { overflow-wrap: anywhere; font-weight: 500; }
.verdict { margin: 0.5rem 0 0.375rem; font-size: 1.125rem; line-height: 1.45; text-wrap: pretty; }
.card > .notice { margin-top: 0.75rem; }
.touches { list-style: none; max-width: 46rem; margin-top: 0.625rem; border-left: 2px solid var(--line-strong); }
.touches li { position: relative; display: grid; gap: 0 1rem; padding: 0.4375rem 0 0.4375rem 1.125rem; grid-template-columns: minmax(0, 1fr); }
.touches li::before { content: ""; position: absolute; left: -6px; top: 0.875rem; width: 10px; height: 10px; border-radius: 50%; background: var(--card); border: 2px solid var(--line-strong); }
.touches .chosen::before { background: var(--accent); border-color: var(--accent); }
.touch-link { font-weight: 500; overflow-wrap: anywhere; }
.touch-outcome { color: var(--muted); }
.chosen .touch-outcome { color: var(--accent); font-weight: 600; }
.touch-time { font-size: 0.8125rem; color: var(--muted); }
.entry-name { font-weight: 500; }
.entry-name .note, .explanation { font-weight: 400; }
.explanation { display: block; max-width: 34rem; font-size: 0.875rem; color: var(--muted); text-wrap: pretty; }
.total { display: flex; justify-content: space-between; gap: 1rem; margin-top: 1rem; padding-top: 0.75rem; border-top: 1px solid var(--line-strong); font-variant-numeric: tabular-nums; }

.terms { padding-block: 0.25rem; }
.term { display: grid; gap: 0.375rem 2rem; padding-block: 1.125rem; border-top: 1px solid var(--line); }
.term:first-child { border-top: 0; }
.term > div { display: grid; gap: 0.5rem; min-width: 0; max-width: 44rem; }
.term p { text-wrap: pretty; }
.steps, .versions { list-style: none; margin: 0; padding: 0; }
.steps li { padding: 0.3125rem 0 0.3125rem 0.875rem; border-left: 2px solid var(--line-strong); }
.steps .mine { border-color: var(--accent); background: var(--accent-soft); font-weight: 500; }
.steps .tag { line-height: 1.35; vertical-align: 0.06em; }
.tier-now { background: var(--accent-soft); border-color: transparent; }
.version { white-space: nowrap; }
.versions { margin-top: 0.5rem; display: grid; gap: 0.375rem; }

.message { max-width: 32rem; margin: 12vh auto; display: grid; gap: 0.875rem; }
.foot { padding-block: 0 2.5rem; font-size: 0.8125rem; color: var(--muted); }

@media (max-width: 44rem) { .long .tile .value { font-size: 1.125rem; line-height: 1.8; } }
@media (min-width: 36rem) {
  .bar-inner, main, .foot { padding-inline: 1.5rem; }
  .who-name { display: block; }
  .card { padding: 1.25rem 1.375rem; }
  .tile { flex-basis: calc(25% - 1px); }
  .pages { padding-inline: 1rem; }
  .drawing.narrow { display: none; }
  .drawing.medium { display: block; }
  .touches li { grid-template-columns: minmax(0, 1fr) auto; }
  .touch-time { grid-column: 1 / -1; }
}
@media (min-width: 44rem) {
  .data { display: table; width: 100%; border-collapse: collapse; margin-top: 0.75rem; }
  .data thead { position: static; width: auto; height: auto; clip-path: none; display: table-header-group; }
  .data tbody { display: table-row-group; }
  .data tr { display: table-row; }
  .data th, .data td, .data tbody th { display: table-cell; padding: 0.75rem 1.25rem 0.75rem 0; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
  .data thead th { padding-block: 0 0.5rem; font-size: 0.8125rem; font-weight: 500; color: var(--muted); border-top: 0; white-space: nowrap; }
  .data tbody tr:last-child > * { padding-bottom: 0; }
  .data td::before { content: none; }
  .data th.num, .data td.num { text-align: right; white-space: nowrap; }
  .data tr > :last-child { padding-right: 0; }
  .data .wide { width: 44%; }
}
@media (min-width: 60rem) {
  .drawing.medium { display: none; }
  .drawing.broad { display: block; }
  .term { grid-template-columns: 13rem minmax(0, 1fr); }
}
@media (prefers-contrast: more) { :root { --muted: var(--text); --line: var(--line-strong); } }
@media print { .bar form, .switch, .tabs, .skip { display: none; } body { background: none; } }
${formStyle}${paperStyle}${linkStyle}`;
