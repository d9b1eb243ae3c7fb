import { parse } from "hono/utils/cookie";
import { chooseDestination } from "./choose-destination.ts";
import { type Click, makeClickId, type Verdict } from "./click.ts";
import { type ClickClaims, readClickToken, signClickToken } from "./click-token.ts";
import { decidePermission, type Permission } from "./consent.ts";
import { cookieName, makeCookie } from "./cookie.ts";
import { fillDestination, readDeepLink } from "./destination.ts";
import { classifyDevice } from "./device.ts";
import { judgeClick, stateOfLink } from "./judge.ts";
import type { LinkTarget } from "./link-cache.ts";
import { CONSENT_NAME, DEEP_LINK_PARAMETER, makeLocation } from "./location.ts";
import { gonePage, notFoundPage, prefetchRefusal } from "./pages.ts";
import { readPurpose } from "./prefetch.ts";
import type { RedirectTools } from "./redirect.ts";
import { readSelfToken, SELF_COOKIE } from "./self-token.ts";
import { readSubIds } from "./sub-ids.ts";
import { hashVisitor } from "./visitor.ts";

/** The random half of a click id can stand for somebody new. */
const CLICK_ID_RANDOM_HALF = 8;

/** One hit on a link that is known: judges it, logs it, and answers. */
export async function follow(request: Request, url: URL, link: LinkTarget, tools: RedirectTools): Promise<Response> {
  const visit = await readVisit(request, url, link, tools);
  const link_state = stateOfLink(link, tools.now);
  const { headers } = request;
  const { verdict, reason } = judgeClick({
    method: request.method,
    user_agent: visit.user_agent,
    purpose: readPurpose(headers),
    fetch_destination: headers.get("sec-fetch-dest"),
    link,
    link_state,
    signed_in_affiliate: visit.signed_in_affiliate,
    last_click: visit.last_click,
    now: tools.now,
  });
  const click: Click = {
    id: visit.id.toHex(),
    at: tools.now,
    link_id: link.link_id,
    verdict,
    reason,
    country: visit.country,
    referrer: hostOf(headers.get("referer")),
    subs: visit.query === "" ? null : readSubIds(visit.parameters),
    visitor: visit.permission.hash ? visit.visitor.toHex() : null,
  };
  tools.log(click);
  return answer(verdict, link_state.state !== "live" && link_state.not_yet, click, visit, link, tools);
}

/** What a request tells of its visitor. */
interface Visit {
  id: Uint8Array;
  host: string;
  query: string;
  parameters: URLSearchParams;
  user_agent: string | null;
  mobile_hint: string | null;
  country: string | null;
  permission: Permission;
  last_click: ClickClaims | null;
  signed_in_affiliate: number | null;
  /** Who this is: by the cookie, else by the hash, else somebody new. Eight bytes. */
  visitor: Uint8Array;
}

async function readVisit(request: Request, url: URL, link: LinkTarget, tools: RedirectTools): Promise<Visit> {
  const { headers, cf } = request;
  const { searchParams: parameters } = url;
  const cookies = headers.get("cookie");
  const user_agent = headers.get("user-agent");
  const permission = decidePermission({
    mode: link.cookie_mode,
    is_reward: link.is_reward,
    gpc: headers.get("sec-gpc"),
    consent: readConsent(parameters, url.search, cookies),
  });
  const last_click = await readLastClick(cookies, link, tools.keys);
  const id = makeClickId(tools.now, tools.random);
  return {
    id,
    host: url.hostname,
    query: url.search.slice(1),
    parameters,
    user_agent,
    mobile_hint: headers.get("sec-ch-ua-mobile"),
    country: typeof cf?.country === "string" ? cf.country : null,
    permission,
    last_click,
    signed_in_affiliate: await readSignedIn(cookies, tools),
    visitor: last_click
      ? Uint8Array.fromHex(last_click.visitor)
      : ((await hashOf(permission, headers.get("cf-connecting-ip"), user_agent, link)) ??
        id.subarray(CLICK_ID_RANDOM_HALF)),
  };
}

async function answer(
  verdict: Verdict,
  isNotYet: boolean,
  click: Click,
  visit: Visit,
  link: LinkTarget,
  tools: RedirectTools,
): Promise<Response> {
  switch (verdict) {
    case "capped":
    case "expired":
    case "disabled":
      if (link.fallback_url !== null) return found(link.fallback_url, null);
      return isNotYet ? notFoundPage() : gonePage();
    case "prefetch":
      return prefetchRefusal();
    case "embedded":
    case "self":
      return found(locate(click, visit, link, null), null);
    // A bot gets a token too: who is taken for one by mistake and buys still has a click to be credited by.
    case "bot":
    case "head":
      return found(locate(click, visit, link, await sign(visit, link, tools)), null);
    case "counted":
    case "duplicate": {
      const token = await sign(visit, link, tools);
      return found(
        locate(click, visit, link, token),
        visit.permission.cookie ? makeCookie(link, visit.host, token) : null,
      );
    }
  }
}

function sign(visit: Visit, link: LinkTarget, tools: RedirectTools): Promise<string> {
  const [key] = tools.keys;
  if (key === undefined) throw new Error("there is no key to sign click tokens with");
  return signClickToken(key, { ...link, id: visit.id, visitor: visit.visitor });
}

function locate(click: Click, visit: Visit, link: LinkTarget, token: string | null): string {
  const referral =
    link.referral_parameter === null ? null : { parameter: link.referral_parameter, affiliate: link.affiliate };
  const query = link.forward_query ? visit.query : null;
  return makeLocation(deepLink(visit, link) ?? ownDestination(click, visit, link), { query, referral, token });
}

function deepLink(visit: Visit, link: LinkTarget): string | null {
  const to = link.deep_links && visit.query !== "" ? visit.parameters.get(DEEP_LINK_PARAMETER) : null;
  return to === null ? null : readDeepLink(to, link.destination, link.destination_hosts);
}

function ownDestination(click: Click, visit: Visit, link: LinkTarget): string {
  const destination =
    link.targets === null
      ? link.destination
      : chooseDestination(link, {
          country: visit.country,
          device: classifyDevice(visit.user_agent, visit.mobile_hint),
          seed: visit.visitor.toHex(),
        });
  const [sub1 = null, sub2 = null, sub3 = null, sub4 = null, sub5 = null] = click.subs ?? [];
  const { affiliate, channel } = link;
  const { id: click_id, country } = click;
  return fillDestination(destination, { click_id, sub1, sub2, sub3, sub4, sub5, affiliate, channel, country });
}

function readConsent(parameters: URLSearchParams, search: string, cookies: string | null): string | null {
  const said = search === "" ? null : parameters.get(CONSENT_NAME);
  return said ?? readCookie(cookies, CONSENT_NAME);
}

async function readLastClick(cookies: string | null, link: LinkTarget, keys: readonly CryptoKey[]) {
  const token = readCookie(cookies, cookieName(link.program_slug));
  const reading = token === null ? null : await readClickToken(keys, token);
  return reading?.ok && reading.claims.program_id === link.program_id ? reading.claims : null;
}

function readSignedIn(cookies: string | null, tools: RedirectTools): Promise<number | null> | null {
  const token = readCookie(cookies, SELF_COOKIE);
  return token === null ? null : readSelfToken(tools.keys, token, tools.now);
}

function readCookie(cookies: string | null, name: string): string | null {
  return cookies === null || !cookies.includes(name) ? null : (parse(cookies, name)[name] ?? null);
}

function hashOf(permission: Permission, address: string | null, userAgent: string | null, link: LinkTarget) {
  return permission.hash && address !== null ? hashVisitor(link.visitor_key, address, userAgent ?? "") : null;
}

function hostOf(referrer: string | null): string | null {
  return referrer !== null && URL.canParse(referrer) ? new URL(referrer).hostname.slice(0, 253) || null : null;
}

function found(location: string, cookie: string | null): Response {
  const headers: Record<string, string> = { Location: location, "Cache-Control": "no-store" };
  if (cookie !== null) headers["Set-Cookie"] = cookie;
  return new Response(null, { status: 302, headers });
}
