/** The site, made from the project's own docs. */
import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { buildOpenApi } from "../../../src/api/reference/build-openapi.ts";
import type { SiteFile } from "../../../src/docs/pack.ts";
import type { OpenApi } from "../../../src/docs/site/calls/openapi.ts";
import { makeSite } from "../../../src/docs/site/make-site.ts";
import { OTHER_SOURCES } from "../../../src/docs/site/navigation.ts";

export const ROOT = resolve(import.meta.dirname, "../../..");

/** Every Markdown file that is a page. */
export const DOCUMENTS = [...globSync("src/docs/**/*.md", { cwd: ROOT }), ...OTHER_SOURCES].sort();

/** A site of these documents and the files that they link to, and of an API's description. */
function makeSiteOf(documents: ReadonlyMap<string, string>, openapi: OpenApi | null): Promise<Map<string, SiteFile>> {
  return makeSite({
    documents,
    readFile: (file) => readFileSync(join(ROOT, file)),
    openapi,
    search_library: "export default class {}",
  });
}

/** The HTML of each page of such a site, by its path. */
export async function openSite(
  documents: ReadonlyMap<string, string>,
  openapi: OpenApi | null = null,
): Promise<Map<string, string>> {
  return pagesOf(await makeSiteOf(documents, openapi));
}

let site: ReadonlyMap<string, SiteFile> | null = null;

/** The files of the project's site, made once. */
export async function readSite(): Promise<ReadonlyMap<string, SiteFile>> {
  const texts = DOCUMENTS.map((file) => [file, readFileSync(join(ROOT, file), "utf8")] as const);
  site ??= await makeSiteOf(new Map(texts), buildOpenApi());
  return site;
}

/** The HTML of every page of the project's site, by its path. */
export async function readPages(): Promise<Map<string, string>> {
  return pagesOf(await readSite());
}

function pagesOf(files: ReadonlyMap<string, SiteFile>): Map<string, string> {
  const pages = [...files].filter(([, { type }]) => type.startsWith("text/html"));
  return new Map(pages.map(([path, { body }]) => [path, new TextDecoder().decode(body)]));
}
