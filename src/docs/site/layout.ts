/** The frame of every page: head, header, sidebar, content and footer. */
import { type Html, html } from "./html.ts";
import { brandMark, icon } from "./icons.ts";
import type { NavGroup, NavPage } from "./navigation.ts";

/** The URLs of the files that pages use. */
export interface PageFiles {
  style: string;
  /** Runs before the page's body is read. */
  theme_script: string;
  /** Runs when the page is complete, and before it is painted, so that nothing moves. */
  script: string;
  favicon: string;
  search_index: string;
  search_library: string;
}

/** What differs from page to page. */
export interface Page {
  /** The URL's path. */
  path: string;
  title: string;
  description: string;
  /** Classes of the body. */
  kind: "doc" | "home" | "reference" | "message";
  content: Html;
  /** The column beside the content. */
  aside: Html | null;
  /** The path of the page's Markdown. */
  markdown: string | null;
}

/** What all pages share. */
export interface Frame {
  files: PageFiles;
  groups: readonly NavGroup[];
}

/** The whole page. */
export function renderPage(page: Page, { files, groups }: Frame): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="description" content="${page.description}">
<title>${page.kind === "home" ? page.title : `${page.title} · Lastclick docs`}</title>
<link rel="icon" href="${files.favicon}" type="image/svg+xml">
<link rel="stylesheet" href="${files.style}">
<script src="${files.theme_script}"></script>
<script src="${files.script}" defer blocking="render"></script>
</head>
<body class="${page.kind}">
<a class="skip" href="#main">Skip to content</a>
${header()}
${sidebar(groups, page.path)}
<main id="main" tabindex="-1">${page.content}${footer(page)}</main>
${page.aside ?? ""}
${searchDialog(files)}
<p class="vh" id="announcement" role="status"></p>
</body>
</html>
`;
}

/** The menu's link works without JavaScript: it leads to the sidebar, which the stylesheet then shows. */
function header(): Html {
  return html`<header class="top">
<a class="menu-link" href="#sidebar" aria-label="Menu">${icon("menu", 22)}</a>
<a class="brand" href="/docs">${brandMark()}<span>Lastclick <span class="brand-part">docs</span></span></a>
<button type="button" class="search-open needs-script" data-opens-search aria-keyshortcuts="Control+K Meta+K">${icon("search")}<span>Search</span><kbd aria-hidden="true">Ctrl K</kbd></button>
<nav class="top-links" aria-label="Top">
<a href="/docs/quickstart">Quickstart</a>
<a href="/docs/api">API</a>
<a href="/app">Portal</a>
</nav>
<button type="button" class="theme-toggle needs-script" aria-pressed="false" aria-label="Dark mode" title="Dark mode">${icon("sun")}${icon("moon")}</button>
</header>`;
}

function sidebar(groups: readonly NavGroup[], current: string): Html {
  return html`<nav class="sidebar" id="sidebar" aria-label="Docs" tabindex="-1">
<a class="sidebar-close" href="#main" aria-label="Close menu">${icon("close", 22)}</a>
${groups.map(
  ({ title, pages }) => html`<section><h2>${title}</h2>
<ul>${pages.map((page) => item(page, current))}</ul></section>`,
)}
</nav>`;
}

function item(page: NavPage, current: string): Html {
  const link = html`<a href="${page.path}"${page.path === current ? html` aria-current="page"` : ""}>${page.label}</a>`;
  if (page.children.length === 0) return html`<li>${link}</li>\n`;
  const isOpen = page.path === current || page.children.some(({ path }) => path === current);
  return html`<li>${link}<details${isOpen ? html` open` : ""}><summary><span class="vh">Pages of ${page.label}</span>${icon("chevron", 16)}</summary>
<ul>${page.children.map((child) => item(child, current))}</ul></details></li>\n`;
}

function footer({ markdown }: Page): Html {
  if (markdown === null) return html``;
  return html`<footer class="foot"><p><a href="${markdown}">View as Markdown</a></p></footer>`;
}

function searchDialog({ search_index, search_library }: PageFiles): Html {
  return html`<dialog class="search" aria-label="Search the docs" data-index="${search_index}" data-engine="${search_library}">
<div class="search-field">${icon("search")}<input type="search" aria-label="Search the docs" placeholder="Search the docs" autocomplete="off" spellcheck="false" enterkeyhint="search"><button type="button" class="search-close">Close</button></div>
<p class="search-status" role="status"></p>
<ol class="search-results"></ol>
</dialog>`;
}
