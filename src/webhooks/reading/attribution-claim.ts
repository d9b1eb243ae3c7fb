/**
 * The claim that a shopping agent makes at a checkout. Source: the Agentic Commerce Protocol, "RFC: Agentic Checkout — Affiliate
 * Attribution", version 2025-12-17.
 */
import * as v from "valibot";
import { findClick } from "./read-fields.ts";

const claim = v.object({ provider: v.string(), token: v.optional(v.unknown()) });

/** What a claim gives: its click token, or why it credits nobody. */
export interface ClaimReading {
  click: string | null;
  note: string | null;
}

/**
 * Reads an `affiliate_attribution`. A publisher's id without a token proves nothing, so it credits nobody. A claim never causes a
 * refusal: "the attribution object is optional and must not block checkout completion".
 */
export function readAttributionClaim(given: unknown): ClaimReading {
  if (given === undefined || given === null) return { click: null, note: null };
  const read = v.safeParse(claim, given);
  // Another provider's token isn't a fault of the event.
  const click = read.success ? findClick(read.output.token) : null;
  return { click, note: click === null ? "affiliate_attribution has no click token, so it credits nobody." : null };
}

/** Starts only where backslashes start, so that a long run of them takes no more than linear time. */
const TOKEN_IN_CLAIM = /((?<!\\)\\*"token\\*"\s*:\s*\\*")([^"\\]*)/g;

/** A request's body as it may be shown: claims are write-only, so their tokens are left out. */
export function hideClaims(body: string): string {
  return body.includes("affiliate_attribution") ? body.replaceAll(TOKEN_IN_CLAIM, "$1[token]") : body;
}
