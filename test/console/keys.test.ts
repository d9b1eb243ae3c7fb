/** The console's pages of API keys. */
import { expect, test } from "vitest";
import { createUser } from "../support/users.ts";
import { bodyOf, signIn } from "./session.ts";

test("a key is created, shown once, and revoked after a confirmation", async () => {
  const session = await signIn({ key: (await createUser("developer")).key });
  const { html } = await session.open("/admin/keys");
  expect(html).not.toContain('value="owner"');
  const fields = { name: "<b>Nightly</b>", role: "viewer", programs: "", form_key: "k1" };
  const page = bodyOf(await (await session.post("/admin/keys", fields)).text());
  const secret = /value="(lca_[\w-]+)"/.exec(page)?.[1] ?? "";
  expect(secret).not.toBe("");
  const list = (await session.open("/admin/keys")).html;
  expect(list).toContain("&lt;b&gt;Nightly&lt;/b&gt;");
  expect(list).not.toContain(secret);
  const script = await signIn({ key: secret });
  expect((await script.open()).status).toBe(200);
  const path = /\/admin\/keys\/key_[\w-]+\/revoke/.exec(list)?.[0] ?? "";
  expect((await session.open(path)).html).toContain("can’t be undone");
  expect((await session.post(path)).status).toBe(303);
  expect((await script.open()).status).toBe(401);
});

test("a role above one's own is refused", async () => {
  const session = await signIn({ key: (await createUser("developer")).key });
  const response = await session.post("/admin/keys", { name: "More", role: "owner", programs: "", form_key: "k2" });
  expect(response.status).toBe(403);
});
