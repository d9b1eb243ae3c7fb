/** The time zones that a reader can choose from. */

/** A zone as a form offers it. */
export interface ZoneChoice {
  /** IANA name. */
  zone: string;
  /** Without its region: `Buenos Aires (Argentina)`. */
  name: string;
}

/** By region, in the order of their names; what has no region, as UTC, under `Other`, at the end. */
export function listZones(): Map<string, ZoneChoice[]> {
  const all = [...Intl.supportedValuesOf("timeZone").filter((zone) => zone.includes("/")), "UTC"];
  return Map.groupBy(
    all.map((zone) => ({ zone, name: nameOf(zone) })),
    ({ zone }) => (zone.includes("/") ? (zone.split("/")[0] ?? "") : "Other"),
  );
}

/** Whether a zone is among those that can be chosen. */
export function isOffered(zone: string): boolean {
  return zone === "UTC" || Intl.supportedValuesOf("timeZone").includes(zone);
}

function nameOf(zone: string): string {
  const [, ...parts] = zone.replaceAll("_", " ").split("/");
  const place = parts.pop() ?? zone;
  return parts.length === 0 ? place : `${place} (${parts.join(", ")})`;
}
