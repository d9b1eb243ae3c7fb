/** Tests of the code base itself: layout, import direction, purity, table owners, unused files. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, normalize, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
/** Programs that Node runs on a person's computer. They aren't part of the Worker. */
const COMMANDS = /^src\/deploy\//;
const allSources = globSync("src/**/*.{ts,tsx}", { cwd: root, exclude: ["**/*.d.ts"] }).sort();
const commands = allSources.filter((file) => COMMANDS.test(file));
const sources = allSources.filter((file) => !COMMANDS.test(file));
/** Styles and browser scripts, which the Worker imports as text. */
const assets = globSync("src/**/*.{css,js}", { cwd: root }).sort();
const tests = globSync("test/**/*.{ts,tsx}", { cwd: root }).sort();

/**
 * The folders of src, upstream first. A file imports only from its own folder or from folders before it.
 * Setup that the pipeline reads comes first, then the pipeline, then the subjects built on its results.
 */
const FOLDERS = [
  ...["lib", "db", "mail", "users", "audit"],
  ...["programs", "affiliates", "links"],
  ...["redirect", "clicks", "webhooks", "customers", "commissions", "payouts"],
  ...["announcements", "conversions", "insights", "creatives", "applications", "notifications", "operations"],
];

/** The interfaces for people and programs. Each has a `layout/` that pages build on, and routing on top. */
const SURFACES = ["api", "portal", "console", "docs", "snippet"];

/** A subject's or a stage's part in a surface: `portal/`, `console/`, and its calls in the API with their reference. */
const ROOM = new RegExp(`/(${SURFACES.join("|")}|reference)/|(^|[/-])api\\.ts$`);

const folderOf = (file: string) => /^src\/([^/]+)\//.exec(file)?.[1] ?? null;

/** A file's position in the order of imports: lower is further upstream. */
function levelOf(file: string): number {
  const folder = folderOf(file);
  if (folder === null) return FOLDERS.length + 3; // the wiring
  if (SURFACES.includes(folder)) return FOLDERS.length + (file.includes("/layout/") ? 0 : 2);
  const level = FOLDERS.indexOf(folder);
  if (level === -1) throw new Error(`${folder} has no place in the layout`);
  return ROOM.test(file.slice(`src/${folder}`.length)) ? FOLDERS.length + 1 : level;
}

const isTables = (file: string) => file.endsWith("/tables.ts");

/** The reason why `file` may not import `target`, or null if it may. */
function refuseImport(file: string, target: string): string | null {
  // Any file may use what is built, read a table or use the settings; `env.ts` imports types only.
  if (target.startsWith(".build/") || isTables(target) || target === "src/env.ts" || file === "src/env.ts") return null;
  return levelOf(target) <= levelOf(file) ? null : `${target} is downstream`;
}

/** The descriptions of the API's calls, from which a script builds the OpenAPI document. */
const REFERENCE = /\/reference\//;

/** Names of files that use the platform, or describe those that do. Every other file is pure. */
const PLATFORM_NAME =
  /^src\/(env|worker|index)\.ts$|^src\/(db|api|lib\/platform)\/|\/reference\/|\.tsx$|(^|[/-])(tables|store|object|rpc|consumer|producer|queries|api|routes|cache|resolver|job|handler)\.ts$/;
const pureFiles = sources.filter((file) => !PLATFORM_NAME.test(file));

const PLATFORM_PACKAGE = /^(hono(?!\/(?:utils\/|html$))|drizzle-orm|cloudflare:)/;
const BANNED_IN_PURE_FILES: [RegExp, string][] = [
  [/\bDate\.now\b|\bnew Date\(\)|\bperformance\./, "a clock"],
  [/\bMath\.random\b|\bcrypto\.(getRandomValues|randomUUID)\b/, "randomness"],
  [/\bfetch\(|\bcaches\b|\bsetTimeout\b|\bconsole\./, "I/O"],
  [/\b(D1Database|R2Bucket|DurableObject\w*|SendEmail|RateLimit)\b|\bQueue</, "a binding"],
  [/^(?![\s\S]*extends Error)[\s\S]*\bthis\./, "state"],
];

const MAX_LINES = 350;

const listImports = (text: string) =>
  [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1] ?? "");
const importsOf = (file: string) => listImports(read(file));

const localOnes = (file: string, names: readonly string[]) =>
  names.filter((name) => name.startsWith(".")).map((name) => normalize(join(dirname(file), name)));
const localImportsOf = (file: string) => localOnes(file, importsOf(file));

/** Without imports of types, which are gone when the Worker is built. */
const localValueImportsOf = (file: string) =>
  localOnes(file, listImports(read(file).replaceAll(/^(?:import|export) type [^;]*;/gm, "")));

const withoutComments = (text: string) => text.replaceAll(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, "");

function reachableFrom(entries: readonly string[], importsFrom = localImportsOf): Set<string> {
  const seen = new Set<string>();
  const queue = [...entries];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file) || !existsSync(join(root, file))) continue;
    seen.add(file);
    queue.push(...importsFrom(file));
  }
  return seen;
}

/** Groups of files that import each other (Tarjan's strongly connected components), type imports included. */
function findCircles(files: readonly string[]): string[][] {
  const order = new Map<string, { index: number; low: number; open: boolean }>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string) => {
    const node = { index: order.size, low: order.size, open: true };
    order.set(file, node);
    stack.push(file);
    for (const target of localImportsOf(file).filter((name) => files.includes(name))) {
      const known = order.get(target);
      if (known === undefined) node.low = Math.min(node.low, visit(target).low);
      else if (known.open) node.low = Math.min(node.low, known.index);
    }
    if (node.low !== node.index) return node;
    const circle = stack.splice(stack.indexOf(file));
    for (const member of circle) (order.get(member) ?? node).open = false;
    if (circle.length > 1) circles.push(circle.sort());
    return node;
  };
  for (const file of files) if (!order.has(file)) visit(file);
  return circles;
}

/** The files that the scripts of package.json start. */
function listScripts(): string[] {
  const scripts = Object.values<string>(JSON.parse(read("package.json")).scripts).join(" ");
  return scripts.match(/\b(?:src|test)\/\S+\.ts\b/g) ?? [];
}

test("the rules apply to real files", () => {
  expect(sources.length).toBeGreaterThan(300);
  expect(pureFiles.length).toBeGreaterThan(150);
});

test("imports point upstream", () => {
  const refusals = sources.flatMap((file) =>
    localImportsOf(file).flatMap((target) => {
      const refusal = refuseImport(file, target);
      return refusal === null ? [] : [`${file}: ${refusal}`];
    }),
  );
  expect(refusals).toEqual([]);
});

test("the import rule refuses invalid imports", () => {
  expect(refuseImport("src/redirect/verdict/judge-click.ts", "src/clicks/click-store.ts")).toContain("downstream");
  expect(refuseImport("src/customers/fold.ts", "src/commissions/ledger.ts")).toContain("downstream");
  expect(refuseImport("src/payouts/runs/run.ts", "src/payouts/runs/api.ts")).toContain("downstream");
  expect(refuseImport("src/links/portal/routes.tsx", "src/portal/routes.tsx")).toContain("downstream");
  expect(refuseImport("src/commissions/ledger.ts", "src/customers/conversion.ts")).toBeNull();
  expect(refuseImport("src/links/portal/routes.tsx", "src/portal/layout/page.tsx")).toBeNull();
});

test("files have no circular imports, including type imports", () => {
  expect(findCircles(allSources)).toEqual([]);
});

test("env.ts imports types only", () => {
  expect(read("src/env.ts")).not.toMatch(/^import (?!type )/m);
});

test("pure files do not import the platform", () => {
  const offenses = pureFiles.flatMap((file) =>
    importsOf(file)
      .filter((name) => PLATFORM_PACKAGE.test(name))
      .map((name) => `${file} imports ${name}`),
  );
  expect(offenses).toEqual([]);
});

test("pure files use no clock, randomness, I/O, binding or state", () => {
  const offenses = pureFiles.flatMap((file) =>
    BANNED_IN_PURE_FILES.filter(([pattern]) => pattern.test(withoutComments(read(file)))).map(
      ([, what]) => `${file} uses ${what}`,
    ),
  );
  expect(offenses).toEqual([]);
});

test("pure files import only types from files that use the platform", () => {
  const offenses = pureFiles.flatMap((file) =>
    [...read(file).matchAll(/^import (?!type )[^;]*from "(\.[^"]+)"/gm)]
      .map((match) => normalize(join(dirname(file), match[1] ?? "")))
      .filter((target) => target.endsWith(".ts") && PLATFORM_NAME.test(target))
      .map((target) => `${file} imports ${target}`),
  );
  expect(offenses).toEqual([]);
});

/** The tables of D1, each with the folder whose `tables.ts` declares it. */
const owners = new Map(
  sources
    .filter(isTables)
    .flatMap((file) =>
      [...read(file).matchAll(/export const (\w+) = sqliteTable\(\s*"(\w+)"/g)].flatMap(([, name, sqlName]) =>
        [name, sqlName].map((each) => [each, folderOf(file)] as const),
      ),
    ),
);

test("a table is written only by the folder that declares it", () => {
  expect(owners.size).toBeGreaterThan(30);
  const write =
    /\.(?:insert|update|delete)\((\w+)\)|\b(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM)\s+(?:\$\{)?(\w+)/g;
  const offenses = sources.flatMap((file) =>
    [...withoutComments(read(file)).matchAll(write)]
      .map(([, byDrizzle, bySql]) => byDrizzle ?? bySql ?? "")
      .filter((name) => owners.has(name) && owners.get(name) !== folderOf(file))
      .map((name) => `${file} writes ${name} of ${owners.get(name)}`),
  );
  expect(offenses).toEqual([]);
});

test("only the logger writes to the console", () => {
  const writers = [...sources, ...assets].filter((file) => /\bconsole\.\w/.test(withoutComments(read(file))));
  expect(writers).toEqual(["src/lib/platform/log.ts"]);
});

test("every file of src is part of the Worker, or of a build that a script starts", () => {
  const used = reachableFrom(["src/index.ts", ...listScripts()]);
  expect([...sources, ...assets].filter((file) => !used.has(file))).toEqual([]);
});

test("the reference of the API takes no room in the Worker", () => {
  const shipped = reachableFrom(["src/index.ts"], localValueImportsOf);
  expect(sources.filter((file) => REFERENCE.test(file)).length).toBeGreaterThan(20);
  expect([...shipped].filter((file) => REFERENCE.test(file))).toEqual([]);
});

test("commands are started by a script, and share no file with the Worker", () => {
  const used = reachableFrom(listScripts().filter((file) => COMMANDS.test(file)));
  expect(commands.filter((file) => !used.has(file))).toEqual([]);
  expect([...used].filter((file) => !COMMANDS.test(file))).toEqual([]);
});

test("browser scripts are named as such", () => {
  expect(assets.filter((file) => !/\.(css|client\.js)$/.test(file))).toEqual([]);
});

test("every file of test is a test, part of one, or started by a script", () => {
  const scripts = Object.values<string>(JSON.parse(read("package.json")).scripts).join(" ");
  const configured = read("test/vitest.config.ts");
  const isNamed = (file: string) =>
    scripts.includes(file) ||
    configured.includes(file) ||
    read(".ci/run").includes(file) ||
    tests.some((other) => other !== file && read(other).includes(`"${file}"`));
  const entries = tests.filter((file) => /\.(test\.tsx?|d\.ts)$/.test(file) || isNamed(file));
  const used = reachableFrom([...entries, "test/vitest.config.ts"]);
  expect(tests.filter((file) => !used.has(file))).toEqual([]);
});

test("every file named by a script exists", () => {
  const named = listScripts();
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

test("no file is longer than its subject", () => {
  const long = [...allSources, ...assets, ...tests].filter((file) => read(file).split("\n").length > MAX_LINES);
  expect(long).toEqual([]);
});

test("the top level has only the expected files", () => {
  const allowed =
    /^(package(-lock)?\.json|tsconfig\.json|wrangler\.toml|src|migrations|test|README\.md|LICENSE|node_modules|\..*)$/;
  expect(globSync("*", { cwd: root }).filter((name) => !allowed.test(name))).toEqual([]);
});

test("visitors' requests are not logged", () => {
  expect(read("wrangler.toml")).toMatch(/^\[observability\.logs\]\nenabled = true\ninvocation_logs = false$/m);
});

test("every table is described, with its owner", () => {
  const rows = read("migrations/README.md").split("\n");
  const isDescribed = (table: string, owner: string) =>
    rows.some((row) => {
      const [, tables = "", folder = ""] = row.split("|");
      return tables.includes(`\`${table}\``) && folder.trim().split("/")[0] === owner;
    });
  const tables = sources
    .filter(isTables)
    .flatMap((file) => [...read(file).matchAll(/sqliteTable\(\s*"(\w+)"/g)].map(([, name = ""]) => ({ name, file })));
  expect(tables.length).toBeGreaterThan(15);
  expect(tables.filter(({ name, file }) => !isDescribed(name, folderOf(file) ?? ""))).toEqual([]);
});

test("migrations are named after what they do and numbered without a gap", () => {
  const names = globSync("migrations/*.sql", { cwd: root }).sort();
  names.forEach((name, index) => {
    expect(name).toMatch(new RegExp(`^migrations/${String(index + 1).padStart(4, "0")}_[a-z0-9_]+\\.sql$`));
  });
  const sql = names.map((name) => read(name).replaceAll(/--.*$/gm, "")).join("\n");
  expect(sql).not.toMatch(/on delete cascade/i);
  // Dropping a referenced table would lose the references or leave them dangling.
  const dropped = [...sql.matchAll(/drop table (?:if exists )?(\w+)/gi)].map(([, name]) => name);
  expect(dropped.filter((name) => new RegExp(`references ${name}\\b`, "i").test(sql))).toEqual([]);
});

/** Anchors in the format that GitHub creates from headings. */
const anchorsOf = (doc: string) =>
  [...read(doc).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );

test("docs name only files and headings that exist", () => {
  const docs = globSync(["README.md", "src/docs/**/*.md", "test/**/README.md", "migrations/README.md"], { cwd: root });
  expect(docs.length).toBeGreaterThan(30);
  const isThere = (file: string, anchor = "") =>
    existsSync(join(root, file)) && (anchor === "" || anchorsOf(file).includes(anchor));
  const missing = docs.flatMap((doc) => {
    const links = [...read(doc).matchAll(/\]\((?!https:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].map(
      ([, file = "", anchor]) => [file === "" ? doc : normalize(join(dirname(doc), file)), anchor] as const,
    );
    const paths = [...read(doc).matchAll(/(?<![\w./-])(?:src|test|migrations)\/[\w/-]+(?:\.\w+)*/g)].map(
      ([path]) => [path, ""] as const,
    );
    return [...links, ...paths].flatMap(([file, anchor]) =>
      isThere(file, anchor) ? [] : [`${doc} → ${file}#${anchor}`],
    );
  });
  expect(missing).toEqual([]);
});

test("each guarantee has a number of its own", () => {
  const numbers = [...read("test/README.md").matchAll(/^\| (\d+) \|/gm)].map(([, number]) => Number(number));
  expect(numbers.length).toBeGreaterThan(100);
  expect(numbers.filter((number, index) => numbers.indexOf(number) !== index)).toEqual([]);
});
