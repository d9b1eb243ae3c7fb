/** Links between pages, and to files. */
import { expect, test } from "vitest";
import { openSite, readPages, readSite } from "./site.ts";

/** What Hono serves at these paths. */
const OTHER_PAGES = /^\/app$/;

const idsOf = (html: string) => new Set([...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id));
const linksOf = (html: string) => [...html.matchAll(/\s(?:href|src)="([^"]+)"/g)].map(([, target = ""]) => target);

test("every link leads to a page, a file or a heading that exists", async () => {
  const [site, pages] = [await readSite(), await readPages()];
  const missing = [...pages].flatMap(([path, html]) =>
    linksOf(html).flatMap((target) => {
      if (/^https?:/.test(target)) return [];
      const [to = "", anchor] = target.split("#");
      const page = to === "" ? path : to;
      const isThere =
        OTHER_PAGES.test(page) ||
        (site.has(page) && (anchor === undefined || idsOf(pages.get(page) ?? "").has(decodeURIComponent(anchor))));
      return isThere ? [] : [`${path} → ${target}`];
    }),
  );
  expect(pages.size).toBeGreaterThan(45);
  expect(missing).toEqual([]);
});

test("no link names another page's Markdown, or a file of the repository", async () => {
  const pages = await readPages();
  const foreign = [...pages].flatMap(([path, html]) =>
    linksOf(html).filter(
      (target) => !/^(?:https:|#|\/)/.test(target) || (/\.md(?:#|$)/.test(target) && target !== `${path}.md`),
    ),
  );
  expect(foreign).toEqual([]);
});

test("an id is on a page once", async () => {
  for (const [path, html] of await readPages()) {
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect([path, ids.filter((id, at) => ids.indexOf(id) !== at)]).toEqual([path, []]);
  }
});

test("relative links lead where they lead on GitHub", async () => {
  const site = await openSite(
    new Map([
      ["README.md", "# Overview\n\n[Terms](src/docs/terms.md#rates), [license](LICENSE)\n"],
      ["src/docs/terms.md", "# Terms\n\n## Rates\n\n[Stripe](checkouts/stripe.md), [back](../../README.md#overview)\n"],
      ["src/docs/checkouts/stripe.md", "# Stripe\n\n[Terms](../terms.md), [here](#try-it)\n\n## Try it\n"],
    ]),
  );
  const contentOf = (path: string) => /<article[\s\S]*<\/article>/.exec(site.get(path) ?? "")?.[0] ?? "";
  expect(linksOf(contentOf("/docs/terms"))).toEqual(["#rates", "/docs/checkouts/stripe", "/docs/overview#overview"]);
  expect(linksOf(contentOf("/docs/checkouts/stripe"))).toEqual(["/docs/terms", "#try-it", "#try-it"]);
  expect(linksOf(contentOf("/docs/overview"))).toEqual([
    "/docs/terms#rates",
    expect.stringMatching(/^\/docs\/_\/LICENSE\.[\w-]{12}$/),
  ]);
});

test("a link to nothing stops the build and names the file", async () => {
  const site = openSite(new Map([["src/docs/terms.md", "# Terms\n\n[Gone](gone.md)\n"]]));
  await expect(site).rejects.toThrow(/^src\/docs\/terms\.md: .*src\/docs\/gone\.md/);
});
