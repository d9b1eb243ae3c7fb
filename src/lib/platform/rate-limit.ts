import { logError } from "./log.ts";
import { withTimeout } from "./with-timeout.ts";

/** A limit is counted in its data center, within milliseconds; one that takes longer has failed. */
const LIMIT_WAIT_MS = 1_000;

/**
 * Counts a request against a rate limit; false where the limit is exceeded. A limit that is not bound, or that fails, allows
 * everything: refusing a sale or a sign-in is worse than one request too many. Never rejects.
 */
export async function isWithinLimit(limit: RateLimit | undefined, key: string): Promise<boolean> {
  if (limit === undefined) return true;
  try {
    return (await withTimeout(LIMIT_WAIT_MS, limit.limit({ key }))).success;
  } catch (error) {
    logError("rate_limit_not_checked", { error });
    return true;
  }
}
