/** Follows a link in process, as a visitor on a phone would. Nothing is logged. */

import type { TokenKey } from "../../lib/signed-text.ts";
import { readAddress } from "../../redirect/address.ts";
import { CLICK_ID_RANDOM_BYTES } from "../../redirect/click.ts";
import { followLink } from "../../redirect/follow-link.ts";
import { loadLink } from "../../redirect/link-queries.ts";
import type { Followed } from "./check-link.ts";

const PHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";

/** The redirect's answer, and which link it is. Null if the host has no such link. `country` is the reader's. */
export async function followAsVisitor(
  binding: D1Database,
  url: { host: string; slug: string; search: string },
  visit: { keys: readonly TokenKey[]; now: number; country: string | null },
): Promise<(Followed & { link_id: number }) | null> {
  const link = await loadLink(binding, url.host, url.slug, visit.now);
  if (link === null) return null;
  const headers = { "User-Agent": PHONE, "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate" };
  const request = new Request(`https://${url.host}/${url.slug}${url.search}`, {
    headers,
    ...(visit.country !== null && { cf: { country: visit.country } }),
  });
  const random = crypto.getRandomValues(new Uint8Array(CLICK_ID_RANDOM_BYTES));
  const { response, click } = followLink(request, readAddress(request.url), link, { ...visit, random });
  return {
    link_id: link.link_id,
    status: response.status,
    location: response.headers.get("Location"),
    verdict: click?.verdict ?? null,
  };
}
