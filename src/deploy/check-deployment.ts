/** Checks a deployed Worker through its own HTTP interface. */
import * as v from "valibot";
import { DeployFault } from "./explain-failure.ts";

/** How to reach the Worker, and how long to wait for it. */
export interface Reach {
  fetch: typeof fetch;
  sleep: (ms: number) => Promise<void>;
}

/** A new host needs a moment for its DNS entry and its certificate. */
const ATTEMPTS = 40;
const PAUSE_MS = 3_000;
const TIMEOUT_MS = 10_000;

/** Waits until `/healthz` is ok. Throws a {@link DeployFault} with its last answer. */
export async function checkHealth(origin: string, { fetch, sleep }: Reach): Promise<void> {
  let last = "";
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    try {
      const response = await fetch(`${origin}/healthz`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
      const body = await response.text();
      if (response.ok) return;
      last = `It answered ${response.status}: ${body.slice(0, 1_000)}`;
    } catch (error) {
      last = `It wasn't reached: ${error instanceof Error ? error.message : error}.`;
    }
    if (attempt < ATTEMPTS) await sleep(PAUSE_MS);
  }
  throw new DeployFault({
    problem: `The Worker is deployed, but ${origin}/healthz isn't ok. ${last}`,
    fix: "A new domain can need some minutes. Otherwise correct what it says, or go back with `npx wrangler rollback -c .lastclick.wrangler.json`. Then run `npm run deploy` again.",
  });
}

const users = v.object({ data: v.array(v.object({ id: v.union([v.string(), v.number()]) })) });
const created = v.object({ id: v.union([v.string(), v.number()]) });
const link = v.object({ url: v.string() });

/** The team, as the API shows it. */
export interface TeamApi {
  hasUsers(): Promise<boolean>;
  /** Creates the owner and returns a link that signs it in to the console. */
  createOwner(email: string): Promise<string>;
}

/** The API's calls for the team. They throw a {@link DeployFault} if the API refuses. */
export function openTeamApi(origin: string, adminToken: string, { fetch }: Reach): TeamApi {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${origin}${path}`, {
      method,
      headers: { Authorization: `Bearer ${adminToken}`, "Content-Type": "application/json" },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (response.ok) return response.json();
    throw new DeployFault({
      problem: `The Worker is deployed and healthy, but ${method} ${path} answered ${response.status}: ${(await response.text()).slice(0, 500)}`,
      fix:
        response.status === 401
          ? "The ADMIN_TOKEN known here isn't the Worker's: correct or delete .lastclick.secrets. Then run `npm run deploy` again."
          : "Create the first user or its link yourself: POST /v1/users, then POST /v1/users/:id/sign-in-link.",
    });
  };
  return {
    hasUsers: async () => v.parse(users, await call("GET", "/v1/users")).data.length > 0,
    async createOwner(email) {
      const { id } = v.parse(created, await call("POST", "/v1/users", { email, name: email, role: "owner" }));
      return v.parse(link, await call("POST", `/v1/users/${id}/sign-in-link`)).url;
    },
  };
}
