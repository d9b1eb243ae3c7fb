import { isMobile } from "is-mobile";
import type { DeviceClass } from "../links/choose-destination.ts";
import { memoize } from "./memoize.ts";

/** Asked before Android: televisions and Chromebooks run it, and Fire TV's web views even say "Mobile". */
const BIG_SCREEN = /tv\b|\bbravia\b|; aft\w+|\bcrkey\b|\bchromecast\b|\broku\b|\bcros\b/i;

/**
 * The class of a visitor's device; `mobileHint` is the `Sec-CH-UA-Mobile` header, null where the browser sends none.
 * Televisions count as desktops, as does what is unknown. An iPad whose Safari asks for desktop sites, as it does from
 * iPadOS 13 on, sends a Mac's user agent and no hint, so it is a desktop here: nothing in the request tells otherwise.
 */
export function classifyDevice(userAgent: string | null, mobileHint: string | null): DeviceClass {
  if (mobileHint === "?1") return "mobile";
  return userAgent === null || userAgent.trim() === "" ? "desktop" : classifyKnownUserAgent(userAgent);
}

/** No browser says more than this of itself that matters. */
const MAX_CHARACTERS = 512;
const classifyKnownUserAgent = memoize(classifyUserAgent, MAX_CHARACTERS);

function classifyUserAgent(userAgent: string): DeviceClass {
  if (BIG_SCREEN.test(userAgent)) return "desktop";
  // Apps on an iPad may name the iPhone that they were made for.
  if (/\biPad\b/.test(userAgent)) return "tablet";
  if (isMobile({ ua: userAgent })) return "mobile";
  return isMobile({ ua: userAgent, tablet: true }) ? "tablet" : "desktop";
}
