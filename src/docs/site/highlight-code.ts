import { createRequire } from "node:module";

/** The part of highlight.js that is used here. Importing its types would add the browser's to the Worker's. */
interface Highlighter {
  registerLanguage: (name: string, language: unknown) => void;
  getLanguage: (name: string) => unknown;
  highlight: (code: string, options: { language: string }) => { value: string };
}

/** The languages of fences, each with its grammar. */
const GRAMMARS: Readonly<Record<string, string>> = {
  sh: "bash",
  // Commands that the docs' test doesn't run.
  bash: "bash",
  js: "javascript",
  ts: "typescript",
  tsx: "typescript",
  json: "json",
  html: "xml",
  xml: "xml",
  php: "php",
  sql: "sql",
  toml: "ini",
};

const require = createRequire(import.meta.url);
const highlighter: Highlighter = require("highlight.js/lib/core");
for (const [name, grammar] of Object.entries(GRAMMARS)) {
  highlighter.registerLanguage(name, require(`highlight.js/lib/languages/${grammar}`));
}

/** What the head of a block of code says. */
const LANGUAGE_NAMES: Readonly<Record<string, string>> = {
  sh: "Shell",
  bash: "Shell",
  md: "Markdown",
  js: "JavaScript",
  ts: "TypeScript",
  tsx: "TypeScript",
  json: "JSON",
  html: "HTML",
  xml: "XML",
  php: "PHP",
  sql: "SQL",
  toml: "TOML",
};

/** Code as HTML, with a class on each part, so that the page needs no style attributes. */
function highlight(code: string, language: string): string {
  return highlighter.getLanguage(language) === undefined
    ? escapeHtml(code)
    : highlighter.highlight(code, { language }).value;
}

/**
 * A block of code as HTML, with room for the copy button that `scripts/copy-code.client.js` adds. `title` replaces the
 * language's name. Plain text, such as a diagram, has neither.
 */
export function renderCode(code: string, language: string, title = LANGUAGE_NAMES[language] ?? ""): string {
  const body = highlight(code.replace(/\n$/, ""), language);
  // The keyboard can scroll only what has the focus.
  const caption = title === "" ? "" : `<figcaption>${escapeHtml(title)}</figcaption>`;
  return `<figure class="code">${caption}<pre tabindex="0"><code>${body}</code></pre></figure>\n`;
}

/** Text as HTML. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
