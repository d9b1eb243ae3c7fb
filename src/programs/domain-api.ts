/** Whether a program's link domain leads here, and which of its destination hosts get the cookie. */
import type { ApiApp } from "../api/layout/api-app.ts";
import { findProgram } from "../api/layout/find-records.ts";
import { logError } from "../lib/platform/log.ts";
import { judgeHosts } from "./judge-domain.ts";

const WAIT_MS = 3_000;

export function addDomainRoutes(app: ApiApp): void {
  app.get("/programs/:program/domain", async (c) => {
    const { redirect_host, cookie_domain, cookie_mode, destination_hosts } = await findProgram(
      c.var.db,
      c.req.param("program"),
    );
    const own = new URL(c.req.url).host;
    const link_host = redirect_host ?? own;
    return c.json({
      link_host,
      answers: link_host === own || (await answersHere(link_host)),
      ...{ cookie_mode, cookie_domain },
      destination_hosts: judgeHosts({ link_host, cookie_domain }, destination_hosts),
    });
  });
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
