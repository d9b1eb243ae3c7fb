/** Whether a program's link domain leads here, and which of its destination hosts get the cookie. */
import { allowQuery } from "../../api/layout/allow-query.ts";
import type { ApiApp } from "../../api/layout/api-app.ts";
import { findProgram } from "../../api/layout/find-records.ts";
import { readFlag } from "../../api/layout/list-filters.ts";
import { logError } from "../../lib/platform/log.ts";
import { readDomainCheck, writeDomainCheck } from "./check-cache.ts";
import { judgeHosts } from "./judge-domain.ts";

const WAIT_MS = 3_000;

export function addDomainRoutes(app: ApiApp): void {
  app.get("/programs/:program/domain", allowQuery("fresh"), async (c) => {
    const { redirect_host, cookie_domain, cookie_mode, destination_hosts } = await findProgram(
      c.var.db,
      c.req.param("program"),
    );
    const isFresh = readFlag(c, "fresh") === true;
    const own = new URL(c.req.url).host;
    const link_host = redirect_host ?? own;
    return c.json({
      link_host,
      answers: link_host === own || (await checkHost(link_host, isFresh)),
      ...{ cookie_mode, cookie_domain },
      destination_hosts: judgeHosts({ link_host, cookie_domain }, destination_hosts),
    });
  });
}

/** Whether the service answers on a host, by the latest check if there was one lately and none is asked for. */
async function checkHost(host: string, isFresh: boolean): Promise<boolean> {
  const known = isFresh ? null : await readDomainCheck(host);
  if (known !== null) return known;
  const answers = await answersHere(host);
  await writeDomainCheck(host, answers);
  return answers;
}

/** Whether the service answers on a host, within a few seconds. */
async function answersHere(host: string): Promise<boolean> {
  try {
    const response = await fetch(`https://${host}/healthz`, {
      redirect: "manual",
      signal: AbortSignal.timeout(WAIT_MS),
    });
    const body: unknown = await response.json();
    return typeof body === "object" && body !== null && "status" in body && "checks" in body;
  } catch (error) {
    logError("link_domain_not_reached", { host, error });
    return false;
  }
}
