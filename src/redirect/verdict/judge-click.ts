import { cutText } from "../../lib/well-formed.ts";
import { DUPLICATE_WINDOW_MS, type HitVerdict } from "../click.ts";
import { findBotName } from "./bots.ts";
import { isPrefetch } from "./prefetch.ts";

/**
 * The `Sec-Fetch-Dest` (Fetch Metadata) of a navigation. Any other is a request that a page makes without a click (image, frame,
 * script), which is how cookie stuffing works.
 */
const CLICKED_DESTINATION = "document";

/** A link's state by its own settings, before anything about the visitor is checked. */
export type LinkState =
  | { state: "live" }
  | { state: "disabled" | "expired" | "capped"; reason: string; not_yet: boolean };

/** The facts that decide a verdict. */
export interface Hit {
  method: string;
  user_agent: string | null;
  /** `Sec-Purpose`, or its older names `Purpose`, `X-Moz` and `X-Purpose`. */
  purpose: string | null;
  /** `Sec-Fetch-Dest`; null if the browser doesn't send it. */
  fetch_destination: string | null;
  link: { link_id: number; affiliate_id: number };
  link_state: LinkState;
  /** The affiliate signed in to the portal in this browser, null for none. */
  signed_in_affiliate: number | null;
  /** The click in the visitor's cookie, null without a valid cookie. */
  last_click: { link_id: number; click_id: string; clicked_at: number } | null;
  /** Milliseconds since the epoch. */
  now: number;
}

/** The verdict on a hit, with its reason in words or the click that it repeats. */
export interface Judgment {
  verdict: HitVerdict;
  reason: string | null;
  repeats: string | null;
}

/** Judges a hit by what the edge knows. Duplicates without a cookie are detected when clicks are stored. */
export function judgeClick(hit: Hit): Judgment {
  const judged = (verdict: HitVerdict, reason: string | null = null): Judgment => ({ verdict, reason, repeats: null });
  if (hit.link_state.state !== "live") return judged(hit.link_state.state, hit.link_state.reason);
  if (hit.method === "HEAD") return judged("head");
  if (isPrefetch(hit.purpose)) return judged("prefetch", cutText(hit.purpose, 40));
  if (hit.fetch_destination !== null && hit.fetch_destination !== CLICKED_DESTINATION) {
    return judged("embedded", `asked for as ${cutText(hit.fetch_destination, 40)}`);
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

/** A link's state at a time (ms): disabled, expired, capped, not started, or live. */
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
