/** The site, made from the project's own docs. */
import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { SiteFile } from "../../../src/docs/pack.ts";
import { makeSite } from "../../../src/docs/site/make-site.ts";
import { OTHER_SOURCES } from "../../../src/docs/site/navigation.ts";

export const ROOT = resolve(import.meta.dirname, "../../..");

/** Every Markdown file that is a page. */
export const DOCUMENTS = [...globSync("src/docs/**/*.md", { cwd: ROOT }), ...OTHER_SOURCES].sort();

/** A site of these documents and the files that they link to. */
export function makeSiteOf(documents: ReadonlyMap<string, string>): Promise<Map<string, SiteFile>> {
  return makeSite({
    documents,
    readFile: (file) => readFileSync(join(ROOT, file)),
    search_library: "export default class {}",
  });
}

let site: ReadonlyMap<string, SiteFile> | null = null;

/** The files of the site, made once. */
export async function readSite(): Promise<ReadonlyMap<string, SiteFile>> {
  site ??= await makeSiteOf(new Map(DOCUMENTS.map((file) => [file, readFileSync(join(ROOT, file), "utf8")])));
  return site;
}

/** The HTML of every page by its path. */
export async function readPages(): Promise<Map<string, string>> {
  const pages = [...(await readSite())].filter(([, { type }]) => type.startsWith("text/html"));
  return new Map(pages.map(([path, { body }]) => [path, new TextDecoder().decode(body)]));
}
