/** The latest check of each link domain, in the data center's cache: a page that shows it doesn't send a request each time. */
import { logWarning } from "../../lib/platform/log.ts";

const CACHE = "link-domains";
/** A domain that answers rarely stops; one that doesn't is being set up. */
const SECONDS = { answers: 3_600, silent: 60 };

/** Whether a host answered at its latest check; null if that isn't known anymore. */
export async function readDomainCheck(host: string): Promise<boolean | null> {
  try {
    const found = await (await caches.open(CACHE)).match(keyOf(host));
    return found === undefined ? null : (await found.json<{ answers: boolean }>()).answers;
  } catch (error) {
    logWarning("domain_check_not_read", { error });
    return null;
  }
}

/** Keeps the result of a check. Never rejects. */
export async function writeDomainCheck(host: string, answers: boolean): Promise<void> {
  try {
    const headers = { "Cache-Control": `max-age=${answers ? SECONDS.answers : SECONDS.silent}` };
    await (await caches.open(CACHE)).put(keyOf(host), Response.json({ answers }, { headers }));
  } catch (error) {
    logWarning("domain_check_not_written", { error });
  }
}

function keyOf(host: string): string {
  return `https://link-domains.invalid/${encodeURIComponent(host)}`;
}
