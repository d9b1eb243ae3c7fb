import { isMobile } from "is-mobile";
import type { DeviceClass } from "../links/choose-destination.ts";
import { memoize } from "./memoize.ts";

/** Matched before Android: TVs and Chromebooks run it, and Fire TV's web views even say "Mobile". */
const BIG_SCREEN = /tv\b|\bbravia\b|; aft\w+|\bcrkey\b|\bchromecast\b|\broku\b|\bcros\b/i;

/**
 * Classifies a visitor's device. `mobileHint` is the `Sec-CH-UA-Mobile` header, null if there is none. TVs and unknown devices
 * are desktops. So is an iPad that requests desktop sites, the default since iPadOS 13: it sends a Mac's user agent and no
 * hint, so nothing in the request identifies it.
 */
export function classifyDevice(userAgent: string | null, mobileHint: string | null): DeviceClass {
  if (mobileHint === "?1") return "mobile";
  return userAgent === null || userAgent.trim() === "" ? "desktop" : classifyKnownUserAgent(userAgent);
}

/** A browser's user agent has nothing relevant after this. */
const MAX_CHARACTERS = 512;
const classifyKnownUserAgent = memoize(classifyUserAgent, MAX_CHARACTERS);

function classifyUserAgent(userAgent: string): DeviceClass {
  if (BIG_SCREEN.test(userAgent)) return "desktop";
  // iPhone apps on an iPad may name the iPhone, too.
  if (/\biPad\b/.test(userAgent)) return "tablet";
  if (isMobile({ ua: userAgent })) return "mobile";
  return isMobile({ ua: userAgent, tablet: true }) ? "tablet" : "desktop";
}
