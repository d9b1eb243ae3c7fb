/** Countries by their names, for forms. */
import { countrySpecs } from "ibantools";

/** Codes (ISO 3166-1 alpha-2) with English names, by name. */
export function listCountries(): (readonly [code: string, name: string])[] {
  const names = new Intl.DisplayNames("en", { type: "region" });
  return Object.keys(countrySpecs)
    .map((code) => [code, names.of(code) ?? code] as const)
    .toSorted(([, a], [, b]) => a.localeCompare(b, "en"));
}
