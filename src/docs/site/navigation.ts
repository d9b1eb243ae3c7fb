/** Which pages the site has, in which order, and under which URLs. */

/** A page of the sidebar. */
export interface NavPage {
  /** The URL's path. */
  path: string;
  /** The text of links to it. */
  label: string;
  /** Pages below it, shown while one of them, or it, is open. */
  children: readonly NavPage[];
}

/** A titled part of the sidebar. */
export interface NavGroup {
  title: string;
  pages: readonly NavPage[];
}

interface GroupPlan {
  title: string;
  /** Markdown files, in order. */
  sources: readonly string[];
  /** All other files of this folder follow. */
  folder?: string;
}

const DOCS = "src/docs/";
const doc = (name: string) => `${DOCS}${name}.md`;
const docs = (...names: string[]) => names.map(doc);

const OVERVIEW = "README.md";
const API = doc("api");

/** The groups of the sidebar. Every Markdown file of `src/docs` is in one of them; `test/docs/navigation.test.ts` checks it. */
const PLAN: readonly GroupPlan[] = [
  { title: "Get started", sources: [OVERVIEW, ...docs("quickstart")] },
  { title: "Set up a program", sources: docs("programs", "affiliates", "links", "terms", "attribution", "creatives") },
  { title: "Connect a checkout", sources: docs("checkouts") },
  {
    title: "Guides",
    sources: docs(
      ...["console", "joining", "going-live", "own-domain", "pass-the-click"].map((name) => `guides/${name}`),
    ),
    folder: `${DOCS}guides/`,
  },
  { title: "Pay affiliates", sources: docs("ledger", "payouts") },
  { title: "For affiliates", sources: docs("affiliate-help", "portal", "notifications") },
  { title: "Run Lastclick", sources: docs("deploy", "users", "operations", "privacy", "limits") },
  { title: "API", sources: [API, doc("errors")] },
  {
    title: "Change the code",
    sources: [
      doc("architecture"),
      "migrations/README.md",
      "test/README.md",
      "test/upgrade/README.md",
      "test/bench/README.md",
    ],
  },
];

/** Pages whose files are in this folder are children of the page. */
const FOLDERS_BELOW: Readonly<Record<string, string>> = { [doc("checkouts")]: `${DOCS}checkouts/` };

/** The paths of pages that aren't below `src/docs`. */
const OTHER_PATHS: Readonly<Record<string, string>> = {
  [OVERVIEW]: "/docs/overview",
  "migrations/README.md": "/docs/code/database",
  "test/README.md": "/docs/code/tests",
  "test/upgrade/README.md": "/docs/code/upgrade-test",
  "test/bench/README.md": "/docs/code/measurements",
};

/** Labels that differ from the page's title. */
const LABELS: Readonly<Record<string, string>> = { [OVERVIEW]: "Overview", [API]: "Conventions and calls" };

/** Markdown files outside `src/docs` that are pages too. */
export const OTHER_SOURCES: readonly string[] = Object.keys(OTHER_PATHS);

/** The URL's path of a Markdown file. */
export function pathOfSource(source: string): string {
  return OTHER_PATHS[source] ?? `/docs/${source.slice(DOCS.length, -".md".length)}`;
}

/**
 * The sidebar. `titles` are the pages' titles by Markdown file, `reference` the pages of the API reference. A file that no
 * group names comes last, so that it isn't lost.
 */
export function planNavigation(titles: ReadonlyMap<string, string>, reference: readonly NavPage[]): NavGroup[] {
  const placed = new Set<string>();
  const place = (source: string, children: readonly NavPage[] = []): NavPage => {
    placed.add(source);
    return { path: pathOfSource(source), label: LABELS[source] ?? titles.get(source) ?? source, children };
  };
  const placeFolder = (folder: string) =>
    [...titles.keys()]
      .filter((source) => source.startsWith(folder) && !placed.has(source))
      .sort((a, b) => compareTitles(titles.get(a), titles.get(b)))
      .map((source) => place(source));
  const groups = PLAN.map(({ title, sources, folder }) => ({
    title,
    pages: [
      ...sources
        .filter((source) => titles.has(source))
        .map((source) => {
          const below = FOLDERS_BELOW[source];
          const children = source === API ? reference : below === undefined ? [] : placeFolder(below);
          return place(source, children);
        }),
      ...(folder === undefined ? [] : placeFolder(folder)),
    ],
  }));
  return [...groups, { title: "More", pages: placeFolder("") }].filter(({ pages }) => pages.length > 0);
}

/** All pages in the order in which they are read. */
export function listPages(groups: readonly NavGroup[]): NavPage[] {
  return groups.flatMap(({ pages }) => pages.flatMap((page) => [page, ...page.children]));
}

function compareTitles(a = "", b = ""): number {
  return a.localeCompare(b, "en");
}
