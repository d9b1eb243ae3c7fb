import { findBotName } from "./bots.ts";
import { DUPLICATE_WINDOW_MS, type Verdict } from "./click.ts";
import { isPrefetch } from "./prefetch.ts";

/**
 * The one `Sec-Fetch-Dest` (Fetch Metadata) of a page that a person goes to. Any other is something that a page asks for
 * without a click, an image, a frame, a script, a module: the ways of cookie stuffing.
 */
const CLICKED_DESTINATION = "document";

/** What a link's own settings say of a hit, before the visitor is looked at. */
export type LinkState =
  | { state: "live" }
  | { state: "disabled" | "expired" | "capped"; reason: string; not_yet: boolean };

/** What a verdict is judged by. */
export interface Hit {
  method: string;
  user_agent: string | null;
  /** `Sec-Purpose`, `Purpose` or `X-Moz`, whichever the browser sends. */
  purpose: string | null;
  /** `Sec-Fetch-Dest`; null is no evidence. */
  fetch_destination: string | null;
  link: { link_id: number; affiliate_id: number };
  link_state: LinkState;
  /** The affiliate who is signed in to the portal in this browser, null for nobody. */
  signed_in_affiliate: number | null;
  /** The click in the visitor's cookie, null without a valid one. */
  last_click: { link_id: number; click_id: string; clicked_at: number } | null;
  /** Milliseconds since the epoch. */
  now: number;
}

/** The verdict on a hit and, where the verdict alone does not say it, why: in words, or by the click that it repeats. */
export interface Judgment {
  verdict: Verdict;
  reason: string | null;
  repeats: string | null;
}

/** Judges a hit by what is known at the edge. A duplicate without a cookie is told when it is stored. */
export function judgeClick(hit: Hit): Judgment {
  const judged = (verdict: Verdict, reason: string | null = null): Judgment => ({ verdict, reason, repeats: null });
  if (hit.link_state.state !== "live") return judged(hit.link_state.state, hit.link_state.reason);
  if (hit.method === "HEAD") return judged("head");
  if (isPrefetch(hit.purpose)) return judged("prefetch", hit.purpose.slice(0, 40));
  if (hit.fetch_destination !== null && hit.fetch_destination !== CLICKED_DESTINATION) {
    return judged("embedded", `asked for as ${hit.fetch_destination.slice(0, 40)}`);
  }
  const bot = findBotName(hit.user_agent);
  if (bot !== null) return judged("bot", bot);
  if (hit.signed_in_affiliate === hit.link.affiliate_id) return judged("self", "the affiliate's own browser");
  const last = hit.last_click;
  if (last !== null && last.link_id === hit.link.link_id && hit.now - last.clicked_at < DUPLICATE_WINDOW_MS) {
    return { verdict: "duplicate", reason: null, repeats: last.click_id };
  }
  return judged("counted");
}

/** What a link's settings say at a time (ms): off, over, full, not yet begun, or live. */
export function getLinkState(
  link: { disabled: boolean; starts_at: number | null; expires_at: number | null; is_capped: boolean },
  now: number,
): LinkState {
  const refuse = (state: "disabled" | "expired" | "capped", reason: string, not_yet = false) => ({
    state,
    reason,
    not_yet,
  });
  if (link.disabled) return refuse("disabled", "switched off");
  if (link.starts_at !== null && link.starts_at > now) {
    return refuse("disabled", `starts at ${new Date(link.starts_at).toISOString()}`, true);
  }
  if (link.expires_at !== null && link.expires_at <= now) {
    return refuse("expired", `expired at ${new Date(link.expires_at).toISOString()}`);
  }
  return link.is_capped ? refuse("capped", "its click cap is reached") : { state: "live" };
}
