/** Destinations for visitors from the given countries and devices (without any, all visitors), split by weight. */
export interface Target {
  /** ISO 3166-1 alpha-2, upper case. */
  countries?: string[] | undefined;
  devices?: DeviceClass[] | undefined;
  /** Weights are relative to each other. */
  split: { destination: string; weight: number }[];
}

/** The facts that decide a destination. */
export interface Visitor {
  country: string | null;
  device: DeviceClass;
  /** Stays the same for a visitor, so that a returning visitor gets the same part of a split. */
  seed: string;
}

/** Chooses the destination for a visitor: of the first target that matches, else the link's own. */
export function chooseDestination(
  link: { link_id: number; destination: string; targets: readonly Target[] | null },
  visitor: Visitor,
): string {
  const target = link.targets?.find((candidate) => matches(candidate, visitor));
  return target === undefined ? link.destination : pickByWeight(target.split, `${visitor.seed}:${link.link_id}`);
}

function matches(target: Target, visitor: Visitor): boolean {
  const { countries, devices } = target;
  if (countries !== undefined && (visitor.country === null || !countries.includes(visitor.country))) return false;
  return devices === undefined || devices.includes(visitor.device);
}

function pickByWeight(split: Target["split"], seed: string): string {
  const total = split.reduce((sum, { weight }) => sum + weight, 0);
  let point = hashToFraction(seed) * total;
  for (const { destination, weight } of split) {
    point -= weight;
    if (point < 0) return destination;
  }
  return split.at(-1)?.destination ?? "";
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** FNV-1a with a final mix, as a fraction below 1: even enough for a split, and the same everywhere. */
function hashToFraction(text: string): number {
  let hash = FNV_OFFSET;
  for (let place = 0; place < text.length; place += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(place), FNV_PRIME);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** Classes of devices. Stored by their position in this list: append only. */
export const DEVICES = ["mobile", "tablet", "desktop"] as const;

export type DeviceClass = (typeof DEVICES)[number];
