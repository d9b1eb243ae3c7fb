/** The pages of the API reference. */
import { expect, test } from "vitest";
import { openSite } from "../site.ts";
import { OPENAPI } from "./openapi.ts";

const DOCUMENTS = new Map([
  ["src/docs/api.md", "# API\n"],
  ["src/docs/terms.md", "# Terms\n"],
]);

const pages = await openSite(DOCUMENTS, OPENAPI);
const read = (path: string) => pages.get(path) ?? "";
const textOf = (html: string) => html.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");
const sectionOf = (path: string, id: string) =>
  new RegExp(`<section class="call" aria-labelledby="${id}">[\\s\\S]*?</section>`).exec(read(path))?.[0] ?? "";

test("there is a page for each tag, one with all calls and one with all objects", () => {
  expect([...pages.keys()].filter((path) => path.startsWith("/docs/api/"))).toEqual([
    "/docs/api/calls",
    "/docs/api/orders",
    "/docs/api/other-things",
    "/docs/api/objects",
  ]);
  expect(read("/docs/api/orders")).not.toContain('id="deleteOrder"');
  expect(read("/docs/api/other-things")).toContain('id="deleteOrder"');
});

test("all calls are listed with links to them, after the introduction", () => {
  const html = read("/docs/api/calls");
  expect(html).toContain('<a href="/docs/api/orders#changeOrder">');
  expect(html).toContain('<a href="/docs/api/other-things#deleteOrder">');
  expect(html).toContain('<a href="/docs/terms">the terms</a>');
  expect(html).toContain('<a href="/v1/openapi.json">');
});

test("a call shows its command and an example of its answer", () => {
  const html = sectionOf("/docs/api/orders", "changeOrder");
  const code = [...html.matchAll(/<figure class="code"><figcaption>(.*?)<\/figcaption>.*?<code>([\s\S]*?)<\/code>/g)];
  expect(
    code.map(([, title, body = ""]) => [
      title,
      body
        .replaceAll(/<[^>]+>/g, "")
        .replaceAll("&quot;", '"')
        .replaceAll("&#x27;", "'"),
    ]),
  ).toEqual([
    ["curl", `api -X PATCH "$ORIGIN/v1/orders/o_1" -d '{"status": "open"}'`],
    ["Answer 200", '{"id": "o_1", "note": null}'],
  ]);
});

test("a call shows what it takes: types, limits, values, defaults, and what is required first", () => {
  const text = textOf(sectionOf("/docs/api/orders", "changeOrder"));
  expect(text).toContain("PATCH /v1 /orders /{order} Fields that are left out stay .");
  expect(text).toContain("Path order string required Its id.");
  expect(text).toContain("Query dry boolean Changes nothing.");
  expect(text).toContain("Headers Idempotency-Key string required");
  expect(text).toContain("Body status string required open closed note string or null");
  expect(text).toContain("at most 200 characters");
  expect(text).toContain("lines array of objects 1 items or more Fields of lines count integer Default: 1 1 or more");
});

test("descriptions are Markdown, and HTML in them is text", () => {
  expect(sectionOf("/docs/api/orders", "changeOrder")).toContain("Shown as &lt;b&gt;text&lt;/b&gt;.");
});

test("answers name their object, and errors their code", () => {
  const html = sectionOf("/docs/api/orders", "changeOrder");
  expect(html).toContain('Returns <a href="/docs/api/objects#whole-order">WholeOrder</a>');
  expect(textOf(html)).toContain("Errors 404 There is none. The code is order_not_found .");
});

test("an object that contains itself ends", () => {
  const html = sectionOf("/docs/api/objects", "whole-order");
  expect(html).toContain('<a href="#whole-order">'.replace("#", "/docs/api/objects#"));
  expect(textOf(html)).toContain("note string or null · not always there");
});

test("a component that is missing stops the build and is named", async () => {
  const broken = { ...OPENAPI, components: { schemas: OPENAPI.components.schemas } };
  await expect(openSite(DOCUMENTS, broken)).rejects.toThrow("order_not_found");
});
