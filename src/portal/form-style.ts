/** The part of the style sheet that forms need. */
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
.who a { color: inherit; font-weight: 500; white-space: nowrap; }
@media (min-width: 36rem) { .fields { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
`;
