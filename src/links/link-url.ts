/** Builds a link's public URL, with its non-empty sub-ids. `origin` is the portal's own. */
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
