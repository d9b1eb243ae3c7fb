/** The docs under /docs. The site is built by `site/build-job.ts` and is loaded when an isolate is first asked for a page. */
import { type Context, Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import type { Env } from "../env.ts";
import { TRANSPORT_SECURITY } from "../lib/transport-security.ts";
import { openPack, type PackedFile } from "./pack.ts";

/** Pages contain no script and no style, and use nothing of another host. */
const POLICY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  connectSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
  requireTrustedTypesFor: ["'script'"],
};

/** A year: the longest that caches accept. */
const IMMUTABLE = "public, max-age=31536000, immutable";
/** Asked for again each time, so that a page never names files of another release. */
const REVALIDATED = "public, no-cache";

/** The page for paths below /docs that don't exist. */
const NOT_FOUND_PATH = "/docs/404";

/** Where `site/make-site.ts` puts the API's description. */
const OPENAPI_PATH = "/v1/openapi.json";

let site: ReadonlyMap<string, PackedFile> | null = null;

/** The built files by path. Imported here, not at the top: a redirect needs none of them. */
async function loadSite(): Promise<ReadonlyMap<string, PackedFile>> {
  if (site === null) {
    const { default: pack } = await import("../../.build/docs.bin");
    site = openPack(pack);
  }
  return site;
}

/** The API's description, as OpenAPI 3.1. It needs no key, and pages of any origin may read it. */
export async function answerOpenApi(c: Context): Promise<Response> {
  const file = (await loadSite()).get(OPENAPI_PATH);
  if (file === undefined) return c.notFound();
  const response = answer(c, file, 200);
  response.headers.set("Access-Control-Allow-Origin", "*");
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("Strict-Transport-Security", TRANSPORT_SECURITY);
  return response;
}

/** The routes below /docs. */
export function docsRoutes(): Hono<{ Bindings: Env }> {
  const app = new Hono<{ Bindings: Env }>();
  app.use(
    secureHeaders({
      contentSecurityPolicy: POLICY,
      referrerPolicy: "same-origin",
      xFrameOptions: "DENY",
      strictTransportSecurity: TRANSPORT_SECURITY,
    }),
  );
  app.get("*", async (c) => {
    const files = await loadSite();
    const { path } = c.req;
    const file = files.get(path);
    if (file !== undefined) return answer(c, file, 200);
    const canonical = path.replace(/\/+$/, "");
    if (canonical !== path && files.has(canonical)) return c.redirect(canonical + new URL(c.req.url).search, 308);
    const missing = files.get(NOT_FOUND_PATH);
    return missing === undefined ? c.notFound() : answer(c, missing, 404);
  });
  return app;
}

function answer({ req }: Context, { type, etag, immutable, body }: PackedFile, status: 200 | 404): Response {
  const headers: Record<string, string> = {
    "Content-Type": type,
    Vary: "Accept-Encoding",
    "Cache-Control": "no-store",
  };
  if (status === 200) {
    Object.assign(headers, { ETag: etag, "Cache-Control": immutable ? IMMUTABLE : REVALIDATED });
    if (isKnown(req.header("If-None-Match"), etag)) return new Response(null, { status: 304, headers });
  }
  if (!takesGzip(acceptedEncodings(req))) {
    return new Response(new Blob([body]).stream().pipeThrough(new DecompressionStream("gzip")), { status, headers });
  }
  headers["Content-Encoding"] = "gzip";
  // The body is compressed already.
  return new Response(body, { status, headers, encodeBody: "manual" });
}

/**
 * The visitor's `Accept-Encoding`. Cloudflare and `wrangler dev` replace the header by what they take themselves, and only
 * Cloudflare decompresses: without this, a plain `curl` of `npm run dev` would print gzip.
 */
function acceptedEncodings(req: Context["req"]): string | undefined {
  const { cf } = req.raw as Request<unknown, IncomingRequestCfProperties | undefined>;
  return cf?.clientAcceptEncoding ?? req.header("Accept-Encoding");
}

/** Whether `Accept-Encoding` lists gzip, and not with a weight of 0 (RFC 9110, section 12.5.3). */
function takesGzip(header: string | undefined): boolean {
  return /(?:^|,)\s*gzip\s*(?!;\s*q=0(?:\.0*)?\s*(?:,|$))(?:;|,|$)/i.test(header ?? "");
}

/** Whether `If-None-Match` lists the ETag, also as a weak one (RFC 9110, section 13.1.2). */
function isKnown(header: string | undefined, etag: string): boolean {
  const known = header?.split(",").map((each) => each.trim().replace(/^W\//, "")) ?? [];
  return known.includes(etag) || known.includes("*");
}
