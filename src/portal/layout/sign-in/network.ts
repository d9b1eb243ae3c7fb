/**
 * What stands for a visitor's network where requests are limited: an IPv4 address, or the first half of an IPv6 one, all of
 * which one household has.
 */
export function nameNetwork(address: string): string {
  if (!address.includes(":")) return address;
  const [start = ""] = address.toLowerCase().split("::");
  return start.split(":").slice(0, 4).join(":");
}
