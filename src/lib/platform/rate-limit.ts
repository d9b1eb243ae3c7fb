/** Counts a request against a rate limit; false where the limit is exceeded. A limit that is not bound allows everything. */
export async function isWithinLimit(limit: RateLimit | undefined, key: string): Promise<boolean> {
  return limit === undefined || (await limit.limit({ key })).success;
}
