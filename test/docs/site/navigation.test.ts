/** The sidebar, and the order of the pages. */
import { expect, test } from "vitest";
import { listPages, pathOfSource, planNavigation } from "../../../src/docs/site/navigation.ts";
import { DOCUMENTS, readPages } from "./site.ts";

const groups = planNavigation(new Map(DOCUMENTS.map((source) => [source, source])), []);

test("every Markdown file is in a group of the sidebar, once", () => {
  const paths = listPages(groups).map(({ path }) => path);
  expect(paths.toSorted()).toEqual(DOCUMENTS.map(pathOfSource).toSorted());
  // If this fails, name the new file in PLAN of src/docs/site/navigation.ts.
  expect(groups.map(({ title }) => title)).not.toContain("More");
});

test("a file that no group names is still reachable", () => {
  const titles = new Map([
    ["src/docs/quickstart.md", "Quickstart"],
    ["src/docs/brand-new.md", "Brand new"],
  ]);
  expect(planNavigation(titles, []).at(-1)).toEqual({
    title: "More",
    pages: [{ path: "/docs/brand-new", label: "Brand new", children: [] }],
  });
});

test("the pages of providers are below Checkouts, by name", () => {
  const titles = new Map([
    ["src/docs/checkouts.md", "Checkouts"],
    ["src/docs/checkouts/stripe.md", "Stripe"],
    ["src/docs/checkouts/paddle.md", "paddle"],
  ]);
  const [group] = planNavigation(titles, []);
  expect(group?.pages[0]?.children.map(({ label }) => label)).toEqual(["paddle", "Stripe"]);
});

test("each page marks itself in the sidebar, and leads to the pages before and after it", async () => {
  const pages = await readPages();
  const sidebar = /<nav class="sidebar"[\s\S]*?<\/nav>/.exec(pages.get("/docs") ?? "")?.[0] ?? "";
  const order = [...sidebar.matchAll(/<a href="(\/[^"]+)"/g)].map(([, href = ""]) => href);
  expect(order.length).toBeGreaterThan(60);
  order.forEach((path, at) => {
    const html = pages.get(path) ?? "";
    const marked = [...html.matchAll(/<a href="([^"]+)" aria-current="page">/g)].map(([, href]) => href);
    const linked = (rel: string) => new RegExp(`<a rel="${rel}" href="([^"]+)"`).exec(html)?.[1];
    expect([path, marked, linked("prev"), linked("next")]).toEqual([path, [path], order[at - 1], order[at + 1]]);
  });
});
