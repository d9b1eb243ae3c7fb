/** Whether a program's hosts fit together, so that the shop can read the cookie that the redirect sets. */
import { getDomain } from "tldts";

/** How a destination host gets the click. */
export interface HostFit {
  host: string;
  /** Whether the cookie that the link domain sets is sent to this host, too. */
  reads_cookie: boolean;
  /** Whether the host and the link domain belong to one registrable domain, so that a cookie domain could cover both. */
  is_same_site: boolean;
}

const withoutPort = (host: string) => host.replace(/:\d+$/, "");

/** Judges each destination host. `link_host` is where links are served. */
export function judgeHosts(
  { link_host, cookie_domain }: { link_host: string; cookie_domain: string | null },
  hosts: readonly string[],
): HostFit[] {
  const own = withoutPort(link_host);
  const site = (host: string) => getDomain(host, { allowPrivateDomains: true }) ?? host;
  return hosts.map((host) => {
    const name = withoutPort(host);
    const covered = (domain: string) => name === domain || name.endsWith(`.${domain}`);
    const reads_cookie = cookie_domain === null ? name === own : covered(cookie_domain);
    return { host, reads_cookie, is_same_site: site(name) === site(own) };
  });
}
