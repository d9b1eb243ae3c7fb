/** A page made from a Markdown file. */
import { type Html, html, raw } from "./html.ts";
import { icon } from "./icons.ts";
import type { Page } from "./layout.ts";
import { listPages, type NavGroup, type NavPage } from "./navigation.ts";
import type { Heading, RenderedMarkdown } from "./render-markdown.ts";

/** The headings of a page are listed beside it if there are so many. */
const CONTENTS_MIN = 2;
const CONTENTS_MAX_LEVEL = 3;

/** The page of a Markdown file. */
export function makeDocPage(path: string, markdown: RenderedMarkdown, groups: readonly NavGroup[]): Page {
  const { title, description, headings } = markdown;
  return {
    path,
    title,
    description,
    kind: "doc",
    content: html`<article class="prose">${kicker(path, groups)}<h1>${title}</h1>
${contents(headings, "contents-top")}
${raw(markdown.html)}</article>${neighbors(path, groups)}`,
    aside: html`<aside class="aside">${contents(headings, "contents")}</aside>`,
    markdown: `${path}.md`,
  };
}

/** The group that a page is in, and the page above it. */
function kicker(path: string, groups: readonly NavGroup[]): Html {
  const group = groups.find(({ pages }) => listPages([{ title: "", pages }]).some((page) => page.path === path));
  const parent = group?.pages.find(({ children }) => children.some((child) => child.path === path));
  if (group === undefined) return html``;
  return parent === undefined
    ? html`<p class="kicker">${group.title}</p>`
    : html`<p class="kicker"><a href="${parent.path}">${parent.label}</a></p>`;
}

/** The links to the page's headings. On narrow screens they fold up above the text. */
function contents(headings: readonly Heading[], place: "contents" | "contents-top"): Html {
  const listed = headings.filter(({ level }) => level <= CONTENTS_MAX_LEVEL);
  if (listed.length < CONTENTS_MIN) return html``;
  const list = html`<ul>${listed.map(({ id, text, level }) => html`<li class="level-${level}"><a href="#${id}">${text}</a></li>`)}</ul>`;
  return place === "contents"
    ? html`<nav class="contents" aria-labelledby="contents-title"><h2 id="contents-title">On this page</h2>${list}</nav>`
    : html`<details class="contents-top"><summary>On this page ${icon("chevron", 16)}</summary>${list}</details>`;
}

/** The pages before and after a page. */
export function neighbors(path: string, groups: readonly NavGroup[]): Html {
  const pages = listPages(groups);
  const at = pages.findIndex((page) => page.path === path);
  const previous = at > 0 ? pages[at - 1] : undefined;
  const next = at === -1 ? undefined : pages[at + 1];
  return html`<nav class="neighbors" aria-label="Previous and next page">
${previous === undefined ? "" : neighbor(previous, "prev")}${next === undefined ? "" : neighbor(next, "next")}
</nav>`;
}

function neighbor({ path, label }: NavPage, rel: "prev" | "next"): Html {
  return rel === "prev"
    ? html`<a rel="prev" href="${path}">${icon("left")}<span><span class="neighbor-word">Previous</span> ${label}</span></a>`
    : html`<a rel="next" href="${path}"><span><span class="neighbor-word">Next</span> ${label}</span>${icon("right")}</a>`;
}
