/** Where a link is found on the web, with sub-ids that are not empty. `origin` is the portal's own. */
export function buildLinkUrl(
  link: { host: string; slug: string },
  origin: string,
  subs: readonly (string | null)[] = [],
): string {
  const url = new URL(`/${link.slug}`, origin);
  if (link.host !== "") url.host = link.host;
  subs.forEach((sub, place) => {
    if (sub !== null) url.searchParams.set(`sub${place + 1}`, sub);
  });
  return url.href;
}
