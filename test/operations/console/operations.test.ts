/** The console's page of the service's state. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { signIn } from "../../console/session.ts";
import { admin } from "../../support/story.ts";

test("shows each check of the status, what is wrong first", async () => {
  const { json } = await admin("GET", "/v1/status");
  const { html } = await (await signIn({ key: env.ADMIN_TOKEN })).open("/admin/operations");
  expect(json.items.length).toBeGreaterThan(3);
  for (const { detail } of json.items) expect(html).toContain(detail.slice(0, 20).replaceAll("'", "&#39;"));
});
