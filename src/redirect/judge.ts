import { isbotMatch } from "isbot";
import type { Verdict } from "./click.ts";

/** A person who clicks the same link again within this time is not counted again. */
const DUPLICATE_WINDOW_MS = 3_600_000;

/** What a verdict is judged by. */
export interface Hit {
  method: string;
  user_agent: string | null;
  /** `Sec-Purpose`, `Purpose` or `X-Moz`, whichever the browser sends. */
  purpose: string | null;
  link_id: number;
  link_state: "live" | "expired" | "disabled";
  /** The click in the visitor's cookie, null without a valid one. */
  last_click: { link_id: number; click_id: string; clicked_at: number } | null;
  /** Milliseconds since the epoch. */
  now: number;
}

/** The verdict on a hit and, where the verdict alone does not say it, why. */
export function judgeClick(hit: Hit): { verdict: Verdict; reason: string | null } {
  if (hit.link_state !== "live") return { verdict: hit.link_state, reason: null };
  if (hit.method === "HEAD") return { verdict: "head", reason: null };
  if (hit.purpose !== null && /\b(prefetch|prerender|preview)\b/i.test(hit.purpose)) {
    return { verdict: "prefetch", reason: hit.purpose.slice(0, 40) };
  }
  const bot = nameBot(hit.user_agent);
  if (bot !== null) return { verdict: "bot", reason: bot };
  const last = hit.last_click;
  if (last !== null && last.link_id === hit.link_id && hit.now - last.clicked_at < DUPLICATE_WINDOW_MS) {
    return { verdict: "duplicate", reason: `repeats ${last.click_id}` };
  }
  return { verdict: "counted", reason: null };
}

/** isbot takes an empty user agent for a person; no browser sends one. */
function nameBot(userAgent: string | null): string | null {
  return userAgent === null || userAgent.trim() === "" ? "empty user agent" : isbotMatch(userAgent);
}
