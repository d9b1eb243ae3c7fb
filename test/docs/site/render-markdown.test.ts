/** Markdown as HTML. */
import { expect, test } from "vitest";
import { renderMarkdown } from "../../../src/docs/site/render-markdown.ts";

const render = (text: string) =>
  renderMarkdown(`# Title\n\n${text}`, {
    resolveLink: (href) => `/to/${href}`,
    resolveImage: (src) => ({ path: `/img/${src}`, width: 3, height: 2 }),
  });

test("headings have the anchors that GitHub gives them", () => {
  const headings = [
    "Set terms",
    "What isn't read",
    "`lc_click`: the token",
    "1. Start, now",
    "Set terms",
    "Größe & Preis",
  ];
  expect(render(headings.map((text) => `## ${text}`).join("\n\n")).headings.map(({ id }) => id)).toEqual([
    "set-terms",
    "what-isnt-read",
    "lc_click-the-token",
    "1-start-now",
    "set-terms-1",
    "größe--preis",
  ]);
});

test("a heading links to itself, unless it contains a link", () => {
  const { html } = render("## One\n\n## [Two](two.md)\n");
  expect(html).toContain('<h2 id="one"><a class="anchor" href="#one">One</a></h2>');
  expect(html).toContain('<h2 id="two"><a href="/to/two.md">Two</a></h2>');
});

test("the first paragraph introduces the page", () => {
  const { title, description, html } = render("What it *does*, with `code`.\n\nMore.");
  expect([title, description]).toEqual(["Title", "What it does, with code."]);
  expect(html).toContain('<p class="lead">What it <em>does</em>');
});

test("nothing needs a style attribute", () => {
  const { html } = render("| a | b | |\n| :-- | --: | --- |\n| 1 | 2 | 3 |\n\n```sh\nexport A=1\n```\n");
  expect(html).not.toContain("style=");
  expect(html).toContain('<th scope="col" class="align-right">b</th>');
  expect(html).toContain('<td class="align-right" data-label="b">2</td>');
  // A column without a name has no header cell.
  expect(html).toMatch(/<td><\/td>\s*<\/tr>\s*<\/thead>/);
});

test("a cell has its column's heading where a row has several, so that a phone can show rows as lists", () => {
  const wide = render(
    "| `code` | *what* it | | see |\n| --- | --- | --- | --- |\n| 1 | 2 | 3 | |\n| 4 | 5 | 6 | 7 |\n",
  ).html;
  expect(wide.match(/<td[^>]*>\d?<\/td>/g)).toEqual([
    "<td></td>",
    ...["<td>1</td>", '<td data-label="what it">2</td>', "<td>3</td>", '<td data-label="see"></td>'],
    ...["<td>4</td>", '<td data-label="what it">5</td>', "<td>6</td>", '<td data-label="see">7</td>'],
  ]);
  const narrow = render("| a | b |\n| --- | --- |\n| 1 | 2 |\n").html;
  expect(narrow).toContain("<td>2</td>");
});

test("code is marked up, and what it contains is text", () => {
  const { html } = render('```html\n<script>alert("x")</script>\n```\n\n```\n<b>\n```\n');
  expect(html).not.toMatch(/<script|<b>/);
  expect(html).toContain("<figcaption>HTML</figcaption>");
  expect(html).toContain('<span class="hljs-name">script</span>');
  expect(html.match(/<figcaption>/g)).toHaveLength(1);
});

test("commands look the same whether the docs' test runs them or not", () => {
  const { html } = render("```sh\nexport A=1\n```\n\n```bash\nexport A=1\n```\n");
  const [run, notRun, ...others] = html.match(/<figure[\s\S]*?<\/figure>/g) ?? [];
  expect(run).toContain("<figcaption>Shell</figcaption>");
  expect([notRun, others]).toEqual([run, []]);
});

test("HTML in Markdown is text", () => {
  expect(render("A <b>bold</b> claim.").html).toContain("&lt;b&gt;bold");
});

test("quotes are typographic in text and plain in code", () => {
  const { html } = render(`It's "so" \`it's\`.`);
  expect(html).toContain("It’s “so” <code>it's</code>.");
});

test("an image has its size, so that the page doesn't move when it arrives", () => {
  expect(render('![Its "name"](a.png)').html).toContain(
    '<img src="/img/a.png" alt="Its &#34;name&#34;" width="3" height="2" loading="lazy" decoding="async">',
  );
});

test("the search finds the text of each part under its heading", () => {
  const { sections } = render("Intro.\n\n## Rates\n\nA `rate`\nof 3%.\n\n- one\n\n```sh\ncurl x\n```\n");
  expect(sections).toEqual([
    { id: "", heading: "Title", text: "Intro." },
    { id: "rates", heading: "Rates", text: "A rate of 3%. one curl x" },
  ]);
});

test("a file without a title is refused", () => {
  const targets = { resolveLink: String, resolveImage: () => ({ path: "", width: 1, height: 1 }) };
  expect(() => renderMarkdown("Text.", targets)).toThrow("doesn't begin with a title");
});
