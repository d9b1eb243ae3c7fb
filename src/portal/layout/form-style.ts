/** The parts of the style sheet that forms and paper need. */
export const formStyle = `
.spaced { margin-top: 0.875rem; }
.fields { display: grid; gap: 0.875rem 1.25rem; margin-top: 0.75rem; max-width: 46rem; grid-template-columns: minmax(0, 1fr); }
.fields h4 { margin: 0.5rem 0 0; font-size: 0.875rem; font-weight: 600; }
.fields h4, .fields > .fault, .fields > div:last-child { grid-column: 1 / -1; }
.field { display: grid; gap: 0.1875rem; align-content: start; min-width: 0; }
.field label { font-weight: 500; font-size: 0.875rem; }
.field input, .field select {
  font: inherit; color: inherit; background: var(--page); width: 100%; min-width: 0; min-height: 2.375rem;
  border: 1px solid var(--line-strong); border-radius: 0.5rem; padding: 0.3125rem 0.625rem;
}
.field [aria-invalid="true"] { border-color: var(--off); }
.fault { color: var(--off); font-size: 0.875rem; }
details + details { border-top: 1px solid var(--line); margin-top: 0.875rem; padding-top: 0.375rem; }
button.primary { background: var(--accent); color: var(--on-accent); border-color: transparent; padding-inline: 1.25rem; }
button.primary:hover { background: var(--accent); }
.bar-inner { flex-wrap: wrap; padding-block: 0.5rem; row-gap: 0.375rem; }
.who { flex-wrap: wrap; row-gap: 0.375rem; }
.who a { color: inherit; font-weight: 500; white-space: nowrap; }
.card > h2 + .muted { margin-top: 0.375rem; }
.entry-name .tag { vertical-align: middle; }
.subtotal { display: flex; justify-content: space-between; gap: 1rem; margin-top: 0.375rem; font-variant-numeric: tabular-nums; }
@media (min-width: 36rem) { .fields { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
`;

/** On paper: black on white, no way to anywhere, no line broken in two. */
export const paperStyle = `
@media print {
  :root { color-scheme: light; --page: #fff; --card: #fff; --text: #000; --muted: #333; --accent: #000; --line: #999; --line-strong: #666; --notice: #fff; --off: #000; --shadow: none; }
  @page { margin: 16mm; }
  body { font-size: 10pt; }
  .bar, .back, .foot, .no-print { display: none; }
  main { max-width: none; padding: 0; gap: 12pt; }
  .card { border: 0; border-radius: 0; padding: 0; box-shadow: none; }
  .data { display: table; width: 100%; border-collapse: collapse; }
  .data thead { position: static; width: auto; height: auto; clip-path: none; display: table-header-group; }
  .data tbody { display: table-row-group; }
  .data tr { display: table-row; break-inside: avoid; }
  .data th, .data td, .data tbody th { display: table-cell; padding: 4pt 8pt 4pt 0; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
  .data td::before { content: none; }
  .data th.num, .data td.num { text-align: right; white-space: nowrap; }
  .total, .subtotal, .facts div { break-inside: avoid; }
  a { color: inherit; text-decoration: none; }
}
`;
