/** What keys may do: at most what their creator and their user may do. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { hashText } from "../../src/lib/platform/vault.ts";
import { admin, setUp } from "../support/story.ts";
import { callerOf, createKey, createUser } from "../support/users.ts";

const { program } = await setUp({ affiliates: 1 });
const { program: other } = await setUp({ affiliates: 1 });

describe("a new key", () => {
  test("has the caller's role and programs by default", async () => {
    const { json } = await admin("POST", "/v1/keys", { name: "Full" });
    expect(json).toMatchObject({ name: "Full", role: "owner", programs: null, user: null, revoked_at: null });
    const developer = await createKey({ role: "developer", programs: [program] });
    const made = await developer.call("POST", "/v1/keys", { name: "Own" });
    expect(made.json).toMatchObject({ role: "developer", programs: [program], user: null });
  });

  test.each([
    ["developer", "owner"],
    ["developer", "manager"],
    ["developer", "finance"],
  ] as const)("of a %s can't have the role %s", async (role, wanted) => {
    for (const creator of [await createUser(role), await createKey({ role })]) {
      const call = await creator.call("POST", "/v1/keys", { name: "More", role: wanted });
      expect(call).toMatchObject({ status: 403, json: { code: "role_exceeded", field: "role" } });
      expect((await creator.call("POST", "/v1/keys", { name: "Less", role: "viewer" })).status).toBe(201);
    }
  });

  test.each(["manager", "finance", "viewer"] as const)("can't be created by a %s", async (role) => {
    const { call } = await createUser(role);
    for (const [method, path] of [
      ["POST", "/v1/keys"],
      ["GET", "/v1/keys"],
    ] as const) {
      expect((await call(method, path, method === "POST" ? { name: "n" } : undefined)).json).toMatchObject({
        ...{ status: 403, code: "role_not_permitted" },
        detail: `Your role is ${role}. This call needs one of these roles: owner, developer.`,
      });
    }
  });

  test("can't have programs that its creator may not see", async () => {
    const { call } = await createUser("developer", [program]);
    for (const programs of [null, [other], [program, other]]) {
      const refused = await call("POST", "/v1/keys", { name: "Wide", role: "viewer", programs });
      expect(refused).toMatchObject({ status: 403, json: { code: "all_programs_needed" } });
    }
    const made = await call("POST", "/v1/keys", { name: "Same", programs: [program] });
    expect(made).toMatchObject({ status: 201, json: { programs: [program] } });
  });

  test("can name a user only if its creator is an owner's key without a user", async () => {
    const [user, second] = [await createUser("viewer"), await createUser("owner")];
    const developer = await createKey({ role: "developer" });
    for (const { call } of [second, developer]) {
      const refused = await call("POST", "/v1/keys", { name: "Theirs", role: "viewer", user: user.id });
      expect(refused).toMatchObject({ status: 403, json: { code: "key_of_other_user", field: "user" } });
    }
    const made = await admin("POST", "/v1/keys", { name: "Theirs", user: user.id });
    expect(made).toMatchObject({ status: 201, json: { user: user.id, role: "viewer" } });
    const above = await admin("POST", "/v1/keys", { name: "Theirs", user: user.id, role: "owner" });
    expect(above).toMatchObject({ status: 403, json: { code: "role_exceeded" } });
    const unknown = await admin("POST", "/v1/keys", { name: "Nobody's", user: "usr_none" });
    expect(unknown).toMatchObject({ status: 422, json: { code: "user_not_found", field: "user" } });
  });
});

test("a developer sees and revokes own keys only", async () => {
  const [developer, second] = [await createUser("developer"), await createUser("developer")];
  const list = await developer.call("GET", "/v1/keys");
  expect(list.json.data.map(({ id }: { id: string }) => id)).toEqual([developer.key_id]);
  expect((await developer.call("DELETE", `/v1/keys/${second.key_id}`)).json.code).toBe("key_not_found");
  expect((await second.call("GET", "/v1/programs")).status).toBe(200);
  expect((await developer.call("DELETE", `/v1/keys/${developer.key_id}`)).status).toBe(200);
  expect((await developer.call("GET", "/v1/programs")).status).toBe(401);
});

test("a developer's key without a user sees keys without a user that it could create", async () => {
  const wide = await createKey({ role: "developer" });
  const narrow = await createKey({ role: "developer", programs: [program] });
  const elsewhere = await createKey({ role: "viewer", programs: [other] });
  const owner = await createKey();
  const idsOf = async ({ call }: typeof wide): Promise<string[]> =>
    (await call("GET", "/v1/keys?limit=200")).json.data.map(({ id }: { id: string }) => id);
  expect(await idsOf(wide)).toEqual(expect.arrayContaining([wide.id, narrow.id, elsewhere.id]));
  expect(await idsOf(wide)).not.toContain(owner.id);
  expect(await idsOf(narrow)).toContain(narrow.id);
  for (const { id } of [wide, elsewhere, owner]) expect(await idsOf(narrow)).not.toContain(id);
  expect((await narrow.call("DELETE", `/v1/keys/${wide.id}`)).status).toBe(404);
});

test("a key of an earlier release is an owner's and belongs to no user", async () => {
  const key = "lca_of-an-earlier-release";
  // The columns that the earlier release wrote.
  await env.DB.prepare("INSERT INTO admin_keys (id, name, hash, created_at) VALUES ('key_old', 'Old', ?, 1)")
    .bind(await hashText(key))
    .run();
  const { call } = callerOf(key);
  expect((await call("GET", "/v1/users")).status).toBe(200);
  const { json } = await call("GET", "/v1/keys?limit=200");
  expect(json.data.at(-1)).toMatchObject({ id: "key_old", role: "owner", programs: null, user: null });
});
