/** The console's pages of the merchant's team. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { bodyOf, signIn, submit } from "../../console/session.ts";
import { admin, ORIGIN } from "../../support/story.ts";
import { createKey, createUser, listAudited } from "../../support/users.ts";

const asOwner = async () => signIn({ key: (await createUser("owner")).key });
const usersNamed = async (name: string) =>
  (await admin("GET", "/v1/users")).json.data.filter((user: { name: string }) => user.name === name);

describe("a new user", () => {
  test("is added once, however often the form is submitted", async () => {
    const session = await asOwner();
    const { html } = await session.open("/admin/users");
    const form_key = /name="form_key" value="([^"]+)"/.exec(html)?.[1] ?? "";
    const fields = { form_key, name: "Rosa", email: "rosa@shop.example", role: "finance", programs: "" };
    for (const _ of [1, 2]) {
      const { status, headers } = await session.post("/admin/users", fields);
      expect([status, headers.get("location")]).toEqual([303, "/admin/users?done=added"]);
    }
    expect(await usersNamed("Rosa")).toMatchObject([{ email: "rosa@shop.example", role: "finance", programs: null }]);
    const [entry] = (await listAudited("action = 'user.created'")).slice(-1);
    expect(entry).toMatchObject({ actor_kind: "user" });
    expect((await session.open("/admin/users?done=added")).html).toContain("User added.");
  });

  test("is refused with all faults beside their fields, and what was entered stays", async () => {
    const session = await asOwner();
    const fields = { name: "", email: "nobody", role: "viewer", programs: "nothing-here", form_key: "k1" };
    const response = await session.post("/admin/users", fields);
    const html = bodyOf(await response.text());
    expect(response.status).toBe(422);
    expect(html).toContain('value="nobody"');
    expect(html.match(/aria-invalid="true"/g)).toHaveLength(2);
    expect(html).toContain("Correct the 2 marked fields.");
    const missing = await session.post("/admin/users", { ...fields, name: "Rob", email: "rob@shop.example" });
    expect([missing.status, await missing.text()]).toEqual([422, expect.stringContaining("There is no program")]);
    expect(await usersNamed("Rob")).toEqual([]);
  });
});

test("a user is changed, gets a sign-in link, and is removed after a confirmation", async () => {
  const session = await asOwner();
  const user = await createUser("viewer");
  const path = `/admin/users/${user.id}`;
  expect((await session.open(path)).html).toContain(`value="${user.email}"`);
  await session.post(path, { name: "Changed", email: user.email, role: "developer", programs: "" });
  expect((await admin("GET", `/v1/users/${user.id}`)).json).toMatchObject({ name: "Changed", role: "developer" });
  const page = await (await session.post(`${path}/sign-in-link`, { form_key: "k2" })).text();
  const token = new RegExp(`${ORIGIN}/admin/sign-in\\?token=([\\w-]+)`).exec(page)?.[1] ?? "";
  expect((await submit("/admin/sign-in", { token })).status).toBe(303);
  expect((await session.open(`${path}/remove`)).html).toContain("is signed out at once");
  expect((await session.post(`${path}/remove`)).status).toBe(303);
  expect((await session.open(path)).status).toBe(404);
});

test("an id with an encoded slash doesn't reach another call of the API", async () => {
  const session = await asOwner();
  const { id, call } = await createKey();
  const { status } = await session.post(`/admin/users/..%2Fkeys%2F${id}/remove`);
  expect([status, (await call("GET", "/v1/programs")).status]).toEqual([404, 200]);
});

test("the last owner can't be removed, and the page says why", async () => {
  await env.DB.prepare("UPDATE users SET removed_at = 1 WHERE role = 'owner'").run();
  const owner = await createUser("owner");
  const session = await signIn({ key: owner.key });
  const response = await session.post(`/admin/users/${owner.id}/remove`);
  expect([response.status, await response.text()]).toEqual([409, expect.stringContaining("owner")]);
  expect((await session.open("/admin/users")).status).toBe(200);
});
