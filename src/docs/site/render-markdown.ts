/** Markdown to HTML that a strict Content-Security-Policy allows, with what the page's navigation and the search need. */
import createMarkdownIt, { type MarkdownIt, type Token } from "markdown-it";
import { escapeHtml, renderCode } from "./highlight-code.ts";

/** A heading below the page's title. */
export interface Heading {
  level: number;
  /** The anchor, as GitHub makes it, so that links work there too. */
  id: string;
  /** Plain text. */
  text: string;
}

/** A heading with the plain text below it; before the first heading, the page's title. */
export interface Section {
  id: string;
  heading: string;
  text: string;
}

/** A page's content. */
export interface RenderedMarkdown {
  /** Plain text. */
  title: string;
  /** The first paragraph in plain text. */
  description: string;
  /** Everything but the title. */
  html: string;
  headings: Heading[];
  sections: Section[];
}

/** What links and images become. */
export interface Targets {
  /** The `href` of a link. Throws if there is nothing at it. */
  resolveLink: (href: string) => string;
  /** The path of an image, with its size in pixels. Throws if it doesn't exist. */
  resolveImage: (src: string) => { path: string; width: number; height: number };
}

/** Renders a Markdown file that begins with its title. */
export function renderMarkdown(text: string, targets: Targets): RenderedMarkdown {
  const md = createParser(targets);
  const tokens = md.parse(text, {});
  const [open, title] = tokens;
  if (open?.tag !== "h1" || title === undefined) throw new Error("The file doesn't begin with a title (# …).");
  const content = tokens.slice(3);
  const headings = addAnchors(content);
  const [first, paragraph] = content;
  const hasLead = first?.type === "paragraph_open" && first.hidden === false;
  if (hasLead) first?.attrJoin("class", "lead");
  return {
    title: plainTextOf(title),
    description: hasLead && paragraph !== undefined ? plainTextOf(paragraph) : "",
    html: md.renderer.render(content, md.options, {}),
    headings,
    sections: listSections(content, plainTextOf(title)),
  };
}

/** Renders Markdown without headings, such as the descriptions of the API. */
export function renderFragment(text: string, targets: Targets): string {
  return createParser(targets).render(text);
}

/** Renders Markdown of one paragraph, without the paragraph. */
export function renderInline(text: string, targets: Targets): string {
  return createParser(targets).renderInline(text);
}

function createParser({ resolveLink, resolveImage }: Targets): MarkdownIt {
  const md = createMarkdownIt({ typographer: true });
  // Quotes become typographic; `(c)` and `...` stay as they are written.
  md.disable("replacements");
  const { rules } = md.renderer;
  rules.fence = (tokens, index) => renderCode(tokens[index]?.content ?? "", tokens[index]?.info.trim() ?? "");
  rules.code_block = (tokens, index) => renderCode(tokens[index]?.content ?? "", "");
  rules.heading_open = (tokens, index) => {
    const { tag = "", meta } = tokens[index] ?? {};
    const id = escapeHtml(attributeOf(tokens[index], "id"));
    return `<${tag} id="${id}">${meta === null ? "" : `<a class="anchor" href="#${id}">`}`;
  };
  rules.heading_close = (tokens, index) => `${tokens[index]?.meta === null ? "" : "</a>"}</${tokens[index]?.tag}>\n`;
  md.core.ruler.push("label_cells", ({ tokens }) => labelCells(tokens));
  rules.table_open = () => '<div class="table" role="group" aria-label="Table" tabindex="0"><table>\n';
  rules.table_close = () => "</table></div>\n";
  rules.th_open = (tokens, index) =>
    tokens[index + 1]?.content === "" ? "<td>" : `<th scope="col"${alignOf(tokens[index])}>`;
  rules.th_close = (tokens, index) => (tokens[index - 1]?.content === "" ? "</td>" : "</th>");
  rules.td_open = (tokens, index) => {
    const label = attributeOf(tokens[index], "data-label");
    return `<td${alignOf(tokens[index])}${label === "" ? "" : ` data-label="${escapeHtml(label)}"`}>`;
  };
  rules.link_open = (tokens, index) => `<a href="${escapeHtml(resolveLink(attributeOf(tokens[index], "href")))}">`;
  rules.image = (tokens, index) => {
    const { path, width, height } = resolveImage(attributeOf(tokens[index], "src"));
    const alt = escapeHtml(tokens[index]?.content ?? "");
    return `<img src="${escapeHtml(path)}" alt="${alt}" width="${width}" height="${height}" loading="lazy" decoding="async">`;
  };
  return md;
}

function attributeOf(token: Token | undefined, name: string): string {
  return String(token?.attrGet(name) ?? "");
}

/** A class in place of the style attribute that markdown-it writes, which the policy forbids. */
function alignOf(token: Token | undefined): string {
  const side = /text-align:(\w+)/.exec(attributeOf(token, "style"))?.[1];
  return side === undefined ? "" : ` class="align-${side}"`;
}

/** From this number of columns on, a cell needs its heading where rows are shown as lists. */
const LABELED_COLUMNS = 3;

/** Labels the cells of tables with their column's heading, but for the first of each row, which is its name. */
function labelCells(tokens: readonly Token[]): void {
  let labels: string[] = [];
  let column = 0;
  tokens.forEach((token, index) => {
    const inline = tokens[index + 1];
    if (token.type === "table_open") labels = [];
    if (token.type === "tr_open") column = 0;
    if (token.type === "th_open" && inline !== undefined) labels.push(plainTextOf(inline));
    if (token.type !== "td_open") return;
    if (column > 0 && labels.length >= LABELED_COLUMNS) token.attrSet("data-label", labels[column] ?? "");
    column += 1;
  });
}

/** Gives each heading its anchor, and a link to itself unless it contains one. Returns the headings. */
function addAnchors(tokens: readonly Token[]): Heading[] {
  const uses = new Map<string, number>();
  return tokens.flatMap((open, index) => {
    const inline = tokens[index + 1];
    if (open.type !== "heading_open" || inline === undefined) return [];
    const text = plainTextOf(inline);
    const id = uniqueAnchor(text, uses);
    open.attrSet("id", id);
    const hasLink = inline.children?.some(({ type }) => type === "link_open") ?? false;
    const close = tokens[index + 2];
    if (!hasLink && close !== undefined) open.meta = close.meta = { links_to_itself: true };
    return [{ level: Number(open.tag.slice(1)), id, text }];
  });
}

/** As GitHub does it: in lower case, without punctuation, numbered when used before. */
function uniqueAnchor(text: string, uses: Map<string, number>): string {
  const anchor = text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
    .replaceAll(" ", "-");
  const used = uses.get(anchor) ?? 0;
  uses.set(anchor, used + 1);
  return used === 0 ? anchor : `${anchor}-${used}`;
}

function listSections(tokens: readonly Token[], title: string): Section[] {
  const sections: Section[] = [{ id: "", heading: title, text: "" }];
  tokens.forEach((token, index) => {
    const inline = tokens[index + 1];
    const last = sections.at(-1);
    if (token.type === "heading_open" && inline !== undefined) {
      sections.push({ id: attributeOf(token, "id"), heading: plainTextOf(inline), text: "" });
    } else if (last !== undefined && tokens[index - 1]?.type !== "heading_open") {
      const text = token.type === "inline" ? plainTextOf(token) : token.type === "fence" ? token.content : "";
      if (text !== "") last.text += `${last.text === "" ? "" : " "}${text.replaceAll(/\s+/g, " ").trim()}`;
    }
  });
  return sections;
}

/** What a reader sees of inline content. */
function plainTextOf({ children, content }: Token): string {
  if (children === null) return content;
  return children
    .map((child) => (child.type === "softbreak" || child.type === "hardbreak" ? " " : child.content))
    .join("");
}
