/** The time zones that a reader can choose from. */

/** An option of the form. */
export interface TimeZoneOption {
  /** IANA name. */
  zone: string;
  /** Without its region: `Buenos Aires (Argentina)`. */
  name: string;
}

/** All zones by region, in alphabetical order. UTC comes last, under `Other`. */
export function listTimeZones(): Map<string, TimeZoneOption[]> {
  const all = [...Intl.supportedValuesOf("timeZone").filter((zone) => zone.includes("/")), "UTC"];
  return Map.groupBy(
    all.map((zone) => ({ zone, name: nameOf(zone) })),
    ({ zone }) => (zone.includes("/") ? (zone.split("/")[0] ?? "") : "Other"),
  );
}

/** Whether the form offers a zone. */
export function isListedTimeZone(zone: string): boolean {
  return zone === "UTC" || Intl.supportedValuesOf("timeZone").includes(zone);
}

function nameOf(zone: string): string {
  const [, ...parts] = zone.replaceAll("_", " ").split("/");
  const city = parts.pop() ?? zone;
  return parts.length === 0 ? city : `${city} (${parts.join(", ")})`;
}
