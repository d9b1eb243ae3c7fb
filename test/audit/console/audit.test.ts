/** The console's audit log. */
import { expect, test } from "vitest";
import { signIn } from "../../console/session.ts";
import { admin, setUp } from "../../support/story.ts";
import { createUser } from "../../support/users.ts";

test("shows who changed what, from which value to which, filtered by program", async () => {
  const [{ program }, other] = [await setUp(), await setUp()];
  const manager = await createUser("manager");
  await manager.call("PATCH", `/v1/programs/${program}`, { name: "<i>New</i>" });
  await admin("PATCH", `/v1/programs/${other.program}`, { name: "Another" });
  const { open } = await signIn({ key: manager.key });
  const { html } = await open(`/admin/audit?program=${program}&action=program.updated`);
  expect(html).toContain(manager.name);
  expect(html).toMatch(/name: Program \d+ → &lt;i&gt;New&lt;\/i&gt;/);
  expect(html).not.toContain("Another</span>");
  expect((await open("/admin/audit?from=yesterday")).status).toBe(422);
});
