/** All files of the site, made from Markdown and the API's description. */
import { createHash } from "node:crypto";
import { dirname, extname, join } from "node:path/posix";
import type { SiteFile } from "../pack.ts";
import { firstScript, script, style } from "./assets.ts";
import type { OpenApi } from "./calls/openapi.ts";
import { listReferenceEntries, listReferencePages, makeReferencePages, OPENAPI_PATH } from "./calls/pages.ts";
import { makeDocPage } from "./doc-page.ts";
import { makeHomePage, makeNotFoundPage } from "./home-page.ts";
import { textOf } from "./html.ts";
import { FAVICON } from "./icons.ts";
import { type Frame, type Page, renderPage } from "./layout.ts";
import { pathOfSource, planNavigation } from "./navigation.ts";
import { type RenderedMarkdown, renderMarkdown, type Targets } from "./render-markdown.ts";
import { makeSearchIndex, type SearchEntry } from "./search-index.ts";

/** What the site is made from. Files are named by their path from the project's root. */
export interface Sources {
  /** Markdown by file. */
  documents: ReadonlyMap<string, string>;
  /** The content of another file, which a document links to. Throws if it doesn't exist. */
  readFile: (file: string) => Uint8Array;
  /** The API's description; null if there is none. */
  openapi: OpenApi | null;
  /** The search library, as a module for browsers. */
  search_library: string;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".md": "text/markdown; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};
const PLAIN_TEXT = "text/plain; charset=utf-8";

/** Links in the API's description are relative to this file. */
const API_SOURCE = "src/docs/api.md";

const HASH_CHARACTERS = 12;

/** The files of the site by their URL's path. */
export async function makeSite(sources: Sources): Promise<Map<string, SiteFile>> {
  const files = new Map<string, SiteFile>();
  const add = (path: string, content: string | Uint8Array, type: string, immutable = false) => {
    const body = typeof content === "string" ? new TextEncoder().encode(content) : content;
    files.set(path, { type, etag: `"${hashOf(body)}"`, immutable, body });
  };
  /** Adds a file whose path contains a hash of its content, and returns the path. */
  const addHashed = (name: string, content: string | Uint8Array): string => {
    const extension = extname(name);
    const path = `/docs/_/${name.slice(0, name.length - extension.length)}.${hashOf(content)}${extension}`;
    add(path, content, TYPES[extension] ?? PLAIN_TEXT, true);
    return path;
  };

  const documents = new Map<string, RenderedMarkdown>();
  for (const [source, text] of sources.documents) {
    const targets = findTargets(source, sources, addHashed);
    try {
      documents.set(source, renderMarkdown(text, targets));
    } catch (error) {
      throw new Error(`${source}: ${error instanceof Error ? error.message : error}`);
    }
  }
  const titles = new Map([...documents].map(([source, { title }]) => [source, title]));
  const { openapi } = sources;
  const groups = planNavigation(titles, openapi === null ? [] : listReferencePages(openapi));
  const entries = [...listEntries(documents), ...(openapi === null ? [] : listReferenceEntries(openapi))];
  const frame: Frame = {
    groups,
    files: {
      style: addHashed("docs.css", style),
      theme_script: addHashed("theme.js", firstScript),
      script: addHashed("docs.js", script),
      favicon: addHashed("icon.svg", FAVICON),
      search_library: addHashed("minisearch.js", sources.search_library),
      search_index: addHashed("search.json", makeSearchIndex(entries)),
    },
  };
  const addPage = async (page: Page) => add(page.path, await textOf(renderPage(page, frame)), TYPES[".html"] ?? "");
  for (const [source, markdown] of documents) {
    const path = pathOfSource(source);
    await addPage(makeDocPage(path, markdown, groups));
    add(`${path}.md`, sources.documents.get(source) ?? "", TYPES[".md"] ?? "");
  }
  if (openapi !== null) {
    const targets = findTargets(API_SOURCE, sources, addHashed);
    for (const page of makeReferencePages(openapi, groups, targets)) await addPage(page);
    add(OPENAPI_PATH, JSON.stringify(openapi), TYPES[".json"] ?? "");
  }
  await addPage(makeHomePage(groups));
  await addPage(makeNotFoundPage());
  return files;
}

function hashOf(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("base64url").slice(0, HASH_CHARACTERS);
}

/** Where the links and images of a document lead. Links to Markdown lead to its page, and others to a copy of the file. */
function findTargets(source: string, sources: Sources, addHashed: (name: string, body: Uint8Array) => string): Targets {
  const copyOf = (relative: string) => {
    const file = join(dirname(source), decodeURI(relative));
    const body = sources.readFile(file);
    return { body, path: addHashed(file.slice(file.lastIndexOf("/") + 1), body) };
  };
  return {
    resolveLink: (href) => {
      if (/^(?:[a-z][a-z0-9+.-]*:|#|\/)/i.test(href)) return href;
      const [relative = "", anchor] = href.split("#");
      const file = join(dirname(source), relative);
      const path = sources.documents.has(file) ? pathOfSource(file) : copyOf(relative).path;
      return anchor === undefined ? path : `${path}#${anchor}`;
    },
    resolveImage: (src) => {
      const { body, path } = copyOf(src);
      return { path, ...readPngSize(body) };
    },
  };
}

/** A PNG file begins with a signature of 8 bytes and the header chunk (RFC 2083, section 4.1.1). */
function readPngSize(png: Uint8Array): { width: number; height: number } {
  const view = new DataView(png.buffer, png.byteOffset);
  if (view.getUint32(0) !== 0x89504e47) throw new Error("images must be PNG files");
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

function listEntries(documents: ReadonlyMap<string, RenderedMarkdown>): SearchEntry[] {
  return [...documents].flatMap(([source, { title, sections }]) =>
    sections.map(({ id, heading, text }) => ({
      id: `${pathOfSource(source)}${id === "" ? "" : `#${id}`}`,
      page: title,
      heading,
      text,
    })),
  );
}
