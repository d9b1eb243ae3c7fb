/** The part of the style sheet that the pages of links, conversions and reports need. */
export const linkStyle = `
.tag.channel { white-space: normal; overflow-wrap: anywhere; }
.url-link { font-weight: 600; overflow-wrap: anywhere; }
.address { overflow-wrap: anywhere; }
.amount { display: block; white-space: nowrap; }
.share { display: grid; gap: 1.25rem 2rem; grid-template-columns: minmax(0, 1fr); }
.share-text { display: grid; gap: 0.75rem; align-content: start; min-width: 0; grid-template-columns: minmax(0, 1fr); }
.copy-row { display: flex; gap: 0.5rem; }
.copy-field {
  flex: 1; min-width: 0; min-height: 2.375rem; font: inherit; font-weight: 500; color: inherit; background: var(--page);
  border: 1px solid var(--line-strong); border-radius: 0.5rem; padding: 0.3125rem 0.625rem; text-overflow: ellipsis;
}
.use-link { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: end; }
.use-link button { min-height: 2.375rem; }
.creatives { list-style: none; margin: 0; padding: 0; }
.creatives li { display: grid; gap: 0.375rem; margin-top: 1rem; padding-top: 1rem; border-top: 1px solid var(--line); grid-template-columns: minmax(0, 1fr); }
.creatives h3 { margin: 0; font-size: 0.9375rem; overflow-wrap: anywhere; }
.copy-block { display: grid; gap: 0.375rem; max-width: 46rem; grid-template-columns: minmax(0, 1fr); justify-items: start; }
.copy-block label { font-size: 0.8125rem; color: var(--muted); }
.copy-text { width: 100%; background: var(--page); resize: vertical; overflow-wrap: anywhere; }
.copy-text.code { font: 0.8125rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.jump { display: flex; gap: 1rem; font-weight: 500; }
.copy { min-width: 6.5rem; }
.qr { display: grid; align-content: start; gap: 0.375rem; justify-items: center; font-size: 0.875rem; }
.qr svg { border-radius: 0.375rem; }
.qr-ground { fill: #fff; }
.qr-ink { fill: #000; shape-rendering: crispEdges; }
.meanings { display: grid; gap: 0.625rem 2rem; margin-top: 0.75rem; grid-template-columns: minmax(0, 1fr); }
.meanings dt { font-weight: 500; }
.more { margin-top: 1rem; font-weight: 500; }
.filter { display: grid; gap: 0.75rem 1rem; align-items: end; grid-template-columns: repeat(2, minmax(0, 1fr)); }
.filter button { min-height: 2.375rem; }
.timeline .touch-link .note { display: block; font-weight: 400; }
.timeline strong { font-variant-numeric: tabular-nums; font-weight: 600; }
.timeline .less { color: var(--off); }
.timeline .more-money { color: var(--accent); }
.reason { overflow-wrap: anywhere; }
.value-name { overflow-wrap: anywhere; }
.switch.narrow { justify-self: start; }
@media (scripting: none) { .copy { display: none; } }
@media (min-width: 36rem) { .meanings { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
@media (min-width: 44rem) { .filter { grid-template-columns: repeat(3, minmax(0, 16rem)) auto; justify-content: start; } }
@media (min-width: 44rem) { .share { grid-template-columns: minmax(0, 1fr) auto; } }
`;
