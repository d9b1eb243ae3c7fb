import { parse } from "hono/utils/cookie";
import type { TokenKey } from "../lib/signed-text.ts";
import { TRANSPORT_SECURITY } from "../lib/transport-security.ts";
import { cutText } from "../lib/well-formed.ts";
import { chooseDestination, type DeviceClass } from "../links/choose-destination.ts";
import { fillDestination, readDeepLink } from "../links/destination.ts";
import { cutSubId, readSubIds } from "../links/sub-ids.ts";
import type { Address } from "./address.ts";
import { type Click, type HitVerdict, makeClickId, USER_AGENT_MAX_CHARACTERS, VISITOR_HASH_DIGITS } from "./click.ts";
import { type ClickClaims, readClickToken, signClickToken } from "./click-token.ts";
import { decidePermission, type Permission } from "./consent.ts";
import { cookieName, listCookies, makeCookie } from "./cookie.ts";
import { classifyDevice } from "./device.ts";
import { gonePage, notFoundPage, prefetchRefusal } from "./error-pages.ts";
import type { LinkTarget } from "./link-target.ts";
import { CONSENT_NAME, DEEP_LINK_PARAMETER, makeLocation } from "./location.ts";
import { OWN_BROWSER_SECONDS, readSelfToken, SELF_COOKIE } from "./self-token.ts";
import { getLinkState, judgeClick } from "./verdict/judge-click.ts";
import { readNavigation } from "./verdict/navigation.ts";
import { readPurpose } from "./verdict/prefetch.ts";
import { hashVisitor, makeVisitorId } from "./visitor.ts";

/** Where the random half of a click id begins; it identifies a new visitor. */
const CLICK_ID_RANDOM_HALF = 8;

/** What a hit is judged and signed with. */
export interface FollowContext {
  /** Keys for click tokens, newest first. */
  keys: readonly TokenKey[];
  /** Milliseconds since the epoch. */
  now: number;
  /** Ten random bytes for the click id. */
  random: Uint8Array;
}

/** The response to a hit, and the click to log; null if no link was hit. */
export interface FollowedLink {
  response: Response;
  click: Click | null;
}

/** Judges a hit on a link, and answers it. */
export function followLink(request: Request, address: Address, link: LinkTarget, context: FollowContext): FollowedLink {
  const { headers, cf } = request;
  const cookies = headers.get("cookie");
  const user_agent = headers.get("user-agent");
  const last_click = readLastClick(cookies, link, context.keys);
  const link_state = getLinkState(link, context.now);
  const fetch_destination = headers.get("sec-fetch-dest");
  const judgement = judgeClick({
    method: request.method,
    user_agent,
    purpose: readPurpose(headers),
    fetch_destination,
    link,
    link_state,
    signed_in_affiliate: readSignedIn(cookies, link, context),
    last_click,
    now: context.now,
  });
  const { verdict } = judgement;
  const parameters = address.search === "" ? null : new URLSearchParams(address.search);
  const permission = decidePermission({
    mode: link.cookie_mode,
    is_reward: link.is_reward,
    gpc: headers.get("sec-gpc"),
    consent: parameters?.get(CONSENT_NAME) ?? readCookie(cookies, CONSENT_NAME),
  });
  const subs = parameters === null ? null : readSubIds(parameters);
  const id = makeClickId(context.now, context.random);
  const isPerson = verdict === "counted" || verdict === "duplicate";
  const ip = permission.hash && last_click === null && isPerson ? headers.get("cf-connecting-ip") : null;
  const hash = ip === null ? null : hashVisitor(link.visitor_key, ip, user_agent ?? "");
  const visitor = identifyVisitor(id, last_click, hash, permission);
  const device = classifyDevice(user_agent, headers.get("sec-ch-ua-mobile"));
  const click: Click = {
    id: id.toHex(),
    at: context.now,
    link_id: link.link_id,
    verdict,
    reason: judgement.reason,
    // The previous click identifies the visitor, so it is left out if nothing may be stored about the visitor.
    repeats: permission.hash ? judgement.repeats : null,
    country: typeof cf?.country === "string" ? cf.country : null,
    device: verdict === "bot" ? null : device,
    referrer: hostOf(headers.get("referer")),
    user_agent: permission.hash && user_agent !== null ? cutText(user_agent, USER_AGENT_MAX_CHARACTERS) : null,
    subs: subs === null ? null : subs.map((sub) => sub && cutSubId(sub)),
    visitor: permission.hash && isPerson ? visitor.toHex() : null,
    navigation: readNavigation(headers, fetch_destination),
    visitor_by_hash: hash !== null,
  };
  const visit: Visit = {
    id,
    visitor,
    device,
    parameters,
    subs,
    host: address.hostname,
    query: address.search.slice(1),
    permission,
  };
  const isNotYet = link_state.state !== "live" && link_state.not_yet;
  return { response: answer(verdict, isNotYet, click, visit, link, context), click };
}

/**
 * The visitor's id, eight bytes that stay with the browser: the cookie's, or a new one. Without a cookie the hash is the id,
 * which lasts for a day.
 */
function identifyVisitor(
  id: Uint8Array,
  last: ClickClaims | null,
  hash: Uint8Array | null,
  permission: Permission,
): Uint8Array {
  if (last !== null) return Uint8Array.fromHex(last.visitor);
  const newVisitor = id.subarray(CLICK_ID_RANDOM_HALF);
  if (hash === null) return newVisitor;
  return permission.cookie ? makeVisitorId(hash, newVisitor) : hash;
}

/** What the response is built from, besides the click. */
interface Visit {
  id: Uint8Array;
  visitor: Uint8Array;
  device: DeviceClass;
  parameters: URLSearchParams | null;
  /** Sub-ids as they came; the log cuts very long ones. */
  subs: (string | null)[] | null;
  host: string;
  query: string;
  permission: Permission;
}

function answer(
  verdict: HitVerdict,
  isNotYet: boolean,
  click: Click,
  visit: Visit,
  link: LinkTarget,
  context: FollowContext,
): Response {
  switch (verdict) {
    case "capped":
    case "expired":
    case "disabled":
      if (link.fallback_url !== null) return found(link.fallback_url, null);
      return isNotYet ? notFoundPage(link.shop) : gonePage(link.shop);
    case "prefetch":
      return prefetchRefusal();
    case "embedded":
    case "self":
      return found(locate(click, visit, link, null), null);
    // A bot gets a token too: a person mistaken for a bot who then buys still has a click to credit.
    case "bot":
    case "head":
      return found(locate(click, visit, link, sign(visit, link, context)), null);
    case "counted":
    case "duplicate": {
      const token = sign(visit, link, context);
      return found(
        locate(click, visit, link, token),
        visit.permission.cookie ? makeCookie(link, visit.host, token) : null,
      );
    }
  }
}

function sign(visit: Visit, link: LinkTarget, context: FollowContext): string {
  const [key] = context.keys;
  if (key === undefined) throw new Error("TOKEN_KEYS has no key to sign click tokens with");
  return signClickToken(key, { ...link, id: visit.id, visitor: visit.visitor });
}

function locate(click: Click, visit: Visit, link: LinkTarget, token: string | null): string {
  const { referral_parameter: parameter, affiliate } = link;
  const referral = parameter === null ? null : { parameter, affiliate };
  const query = link.forward_query ? visit.query : null;
  const own = ownDestination(click, visit, link);
  return makeLocation(deepLink(own, visit, link) ?? own, { query, referral, token });
}

function deepLink(own: string, visit: Visit, link: LinkTarget): string | null {
  const to = link.deep_links ? (visit.parameters?.get(DEEP_LINK_PARAMETER) ?? null) : null;
  const allowed = { hosts: link.destination_hosts, reserved_parameter: link.referral_parameter };
  return to === null ? null : readDeepLink(to, own, allowed);
}

function ownDestination(click: Click, visit: Visit, link: LinkTarget): string {
  const { id: click_id, country } = click;
  // The part that stays the same for a browser without a cookie, too.
  const seed = visit.visitor.toHex().slice(0, VISITOR_HASH_DIGITS);
  const destination = chooseDestination(link, { country, device: visit.device, seed });
  const [sub1 = null, sub2 = null, sub3 = null, sub4 = null, sub5 = null] = visit.subs ?? [];
  const { affiliate, channel } = link;
  return fillDestination(destination, { click_id, sub1, sub2, sub3, sub4, sub5, affiliate, channel, country });
}

/** The newest click of the program's cookies. There may be several, on the host and its domain, and only some valid. */
function readLastClick(cookies: string | null, link: LinkTarget, keys: readonly TokenKey[]): ClickClaims | null {
  const own = cookieName(link.program_slug);
  if (cookies === null || !cookies.includes(own)) return null;
  let last: ClickClaims | null = null;
  for (const [name, token] of listCookies(cookies)) {
    const reading = name === own ? readClickToken(keys, token) : null;
    if (!reading?.ok || reading.claims.program_id !== link.program_id) continue;
    if (last === null || reading.claims.clicked_at > last.clicked_at) last = reading.claims;
  }
  return last;
}

/** The affiliate whose browser it is, unless the link's affiliate has signed out everywhere since signing in. */
function readSignedIn(cookies: string | null, link: LinkTarget, context: FollowContext): number | null {
  const token = readCookie(cookies, SELF_COOKIE);
  const own = token === null ? null : readSelfToken(context.keys, token, context.now);
  if (own === null) return null;
  const signedInAt = own.expires_at - OWN_BROWSER_SECONDS * 1_000;
  const isEnded =
    own.affiliate_id === link.affiliate_id && signedInAt <= (link.signed_out_at ?? Number.NEGATIVE_INFINITY);
  return isEnded ? null : own.affiliate_id;
}

function readCookie(cookies: string | null, name: string): string | null {
  return cookies === null || !cookies.includes(name) ? null : (parse(cookies, name)[name] ?? null);
}

function hostOf(referrer: string | null): string | null {
  return referrer !== null && URL.canParse(referrer) ? new URL(referrer).hostname.slice(0, 253) || null : null;
}

function found(location: string, cookie: string | null): Response {
  const headers: Record<string, string> = {
    Location: location,
    "Cache-Control": "no-store",
    "Strict-Transport-Security": TRANSPORT_SECURITY,
  };
  if (cookie !== null) headers["Set-Cookie"] = cookie;
  return new Response(null, { status: 302, headers });
}
