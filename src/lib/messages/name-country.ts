/** Countries by name. */
import { messages } from "./messages.ts";

/** Created on first use: it takes about 25 ms, which no redirect should wait for. */
let names: Intl.DisplayNames | null = null;

/**
 * Names an ISO 3166-1 alpha-2 code. A code that isn't a country today is returned unchanged: Intl would name the country that
 * replaced it.
 */
export function nameCountry(code: string): string {
  if (new Intl.Locale(`und-${code}`).region !== code) return code;
  names ??= new Intl.DisplayNames(messages.locale, { type: "region", fallback: "code" });
  return names.of(code) ?? code;
}
