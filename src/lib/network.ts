/** The rate-limit key of an IP address: an IPv4 address, or the /64 prefix of an IPv6 address, which one household shares. */
export function networkKeyOf(address: string): string {
  if (!address.includes(":")) return address;
  const [start = ""] = address.toLowerCase().split("::");
  return start.split(":").slice(0, 4).join(":");
}
