/** Countries for forms. */
import { countrySpecs } from "ibantools";

/** ISO 3166-1 alpha-2 codes with English names, sorted by name. */
export function listCountries(): (readonly [code: string, name: string])[] {
  const names = new Intl.DisplayNames("en", { type: "region" });
  return Object.keys(countrySpecs)
    .map((code) => [code, names.of(code) ?? code] as const)
    .toSorted(([, a], [, b]) => a.localeCompare(b, "en"));
}

/** Whether a text is a country's code. */
export function isCountry(code: string): boolean {
  return Object.hasOwn(countrySpecs, code);
}
