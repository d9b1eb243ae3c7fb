/** Where a link is reached: on its programme's own host, or on the one that the portal is asked at. */
export function addressOfLink(link: { host: string; slug: string }, origin: string): string {
  const { protocol, host } = new URL(origin);
  return `${protocol}//${link.host || host}/${link.slug}`;
}
