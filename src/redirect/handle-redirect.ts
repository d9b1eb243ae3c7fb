import { repairPath, slugOfPath } from "../links/slug.ts";
import type { Address } from "./address.ts";
import { methodNotAllowed, notFoundPage, unavailablePage } from "./error-pages.ts";
import { type FollowContext, type FollowedLink, followLink } from "./follow-link.ts";
import type { LinkContext, LinkResolver, ResolvedLink } from "./link-resolver.ts";

/** What a redirect needs besides its request. */
export interface RedirectContext extends LinkContext, FollowContext {
  links: LinkResolver;
}

/** Answers `GET /:slug` and `HEAD /:slug`; returns without a promise if the link is warm. */
export function handleRedirect(
  request: Request,
  address: Address,
  context: RedirectContext,
): FollowedLink | Promise<FollowedLink> {
  if (request.method !== "GET" && request.method !== "HEAD") return withoutClick(methodNotAllowed());
  const slug = slugOfPath(address.path);
  if (slug !== null) return follow(request, address, slug, context);
  const repaired = repairPath(address.path);
  if (repaired === null) return missing(address, context);
  const search = [repaired.query, address.search.slice(1)].filter(Boolean).join("&");
  return follow(request, { ...address, search: search && `?${search}` }, repaired.slug, context);
}

function follow(
  request: Request,
  address: Address,
  slug: string,
  context: RedirectContext,
): FollowedLink | Promise<FollowedLink> {
  const link = context.links.resolve(address.host, slug, context);
  return link instanceof Promise
    ? link.then((resolved) => answer(request, address, resolved, context))
    : answer(request, address, link, context);
}

function answer(
  request: Request,
  address: Address,
  link: ResolvedLink,
  context: RedirectContext,
): FollowedLink | Promise<FollowedLink> {
  if (link === "unavailable") return withoutClick(unavailablePage());
  return link === null ? missing(address, context) : followLink(request, address, link, context);
}

/** There is no such link. If its host is a program's own, the page names the shop. */
async function missing({ host }: Address, context: RedirectContext): Promise<FollowedLink> {
  return withoutClick(notFoundPage(await context.links.findShop(host, context)));
}

function withoutClick(response: Response): FollowedLink {
  return { response, click: null };
}
