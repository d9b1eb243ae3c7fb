/** The last steps of a deployment against the real Worker: its health, and the first owner's link. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { checkHealth, openTeamApi } from "../../src/deploy/check-deployment.ts";
import { ORIGIN, send } from "../support/story.ts";

const reach = {
  fetch: (input: RequestInfo | URL, init?: RequestInit) => send(String(input), init),
  sleep: async () => {},
};

test("a healthy Worker with no users gets an owner, whose link opens the console", async () => {
  await checkHealth(ORIGIN, reach);
  const team = openTeamApi(ORIGIN, env.ADMIN_TOKEN, reach);
  expect(await team.hasUsers()).toBe(false);
  const url = await team.createOwner("owner@example.com");
  expect(url).toMatch(new RegExp(`^${ORIGIN}/admin/`));
  expect(await team.hasUsers()).toBe(true);
});
