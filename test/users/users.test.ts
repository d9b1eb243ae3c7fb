/** Users: create, list, change, remove. */
import { describe, expect, test } from "vitest";
import { admin, setUp } from "../support/story.ts";
import { callerOf, createUser, listAudited } from "../support/users.ts";

const owner = await createUser("owner");

describe("a user", () => {
  test("is created, listed, changed and removed, each with its entry in the audit log", async () => {
    const { program } = await setUp({ affiliates: 1 });
    const body = { email: "Mia@Merchant.example", name: "Mia", role: "manager", programs: [program] };
    const { status, json } = await owner.call("POST", "/v1/users", body);
    const view = { ...body, id: json.id, email: "mia@merchant.example", created_at: json.created_at };
    expect([status, json]).toEqual([201, view]);
    expect((await admin("GET", `/v1/users/${json.id}`)).json).toEqual(view);
    expect((await admin("GET", "/v1/users?limit=1")).json.data).toEqual([view]);
    const change = { role: "finance", programs: null };
    expect((await owner.call("PATCH", `/v1/users/${json.id}`, change)).json).toEqual({ ...view, ...change });
    const removed = await owner.call("DELETE", `/v1/users/${json.id}`);
    expect([removed.status, removed.json]).toEqual([200, { ...view, ...change, status: "removed" }]);
    expect((await admin("GET", `/v1/users/${json.id}`)).json.code).toBe("user_not_found");
    const entries = await listAudited(`subject = '${json.id}'`);
    const by = { actor_kind: "user", actor: owner.id, key_id: owner.key_id, program_id: null };
    const { id: _, created_at: __, ...fields } = view;
    expect(
      entries.map(({ before, after, ...entry }) => ({
        ...entry,
        before: JSON.parse(before ?? "null"),
        after: JSON.parse(after ?? "null"),
      })),
    ).toMatchObject([
      { ...by, action: "user.created", before: null, after: fields },
      {
        ...by,
        action: "user.updated",
        before: { role: "manager", programs: [program] },
        after: { role: "finance", programs: null },
      },
      { ...by, action: "user.removed", before: { ...fields, ...change }, after: null },
    ]);
  });

  test.each([
    [{ email: "no" }, "invalid_email"],
    [{ role: "admin" }, "invalid_role"],
    [{ programs: ["none"] }, "program_not_found"],
    [{ programs: [] }, "invalid_programs"],
    [{ role: "owner", programs: ["p"] }, "program_not_found"],
    [{ password: "x" }, "unknown_field"],
  ])("with %j is refused", async (wrong, code) => {
    const body = { email: "x@merchant.example", name: "X", role: "viewer", ...wrong };
    expect((await admin("POST", "/v1/users", body)).json).toMatchObject({ status: 422, code });
  });

  test("has an email address of its own, which is free again once the user is removed", async () => {
    const body = { email: "twice@merchant.example", name: "Twice", role: "viewer" };
    const first = await admin("POST", "/v1/users", body);
    expect(first.status).toBe(201);
    expect(await admin("POST", "/v1/users", body)).toMatchObject({ status: 409, json: { code: "user_exists" } });
    const other = await createUser("viewer");
    const patched = await admin("PATCH", `/v1/users/${other.id}`, { email: body.email });
    expect(patched).toMatchObject({ status: 409, json: { code: "user_exists" } });
    await admin("DELETE", `/v1/users/${first.json.id}`);
    expect((await admin("POST", "/v1/users", body)).status).toBe(201);
  });

  test("that is an owner can't be limited to programs", async () => {
    const { program } = await setUp({ affiliates: 1 });
    const limited = await createUser("manager", [program]);
    for (const [path, method, body] of [
      ["/v1/users", "POST", { email: "o@merchant.example", name: "O", role: "owner", programs: [program] }],
      [`/v1/users/${owner.id}`, "PATCH", { programs: [program] }],
      [`/v1/users/${limited.id}`, "PATCH", { role: "owner" }],
    ] as const) {
      expect(await admin(method, path, body)).toMatchObject({ status: 422, json: { code: "invalid_programs" } });
    }
  });
});

test("the last owner can be neither removed nor demoted, not even by two calls at once", async () => {
  const second = await createUser("owner");
  const calls = await Promise.all([
    admin("DELETE", `/v1/users/${owner.id}`),
    admin("PATCH", `/v1/users/${second.id}`, { role: "viewer", email: "demoted@merchant.example" }),
  ]);
  const refused = calls.filter(({ status }) => status === 409);
  expect(refused.map(({ json }) => json.code)).toEqual(["last_owner"]);
  expect(calls.filter(({ status }) => status === 200)).toHaveLength(1);
  const left = (await admin("GET", "/v1/users")).json.data.filter(({ role }: { role: string }) => role === "owner");
  expect(left).toHaveLength(1);
  const before = (await listAudited()).length;
  for (const [method, body] of [["DELETE"], ["PATCH", { role: "manager" }]] as const) {
    const call = await admin(method, `/v1/users/${left[0].id}`, body);
    expect(call).toMatchObject({ status: 409, json: { code: "last_owner" } });
  }
  expect(await listAudited()).toHaveLength(before);
});

describe("a user's keys", () => {
  test("end when the user is removed", async () => {
    const user = await createUser("viewer");
    expect((await user.call("GET", "/v1/programs")).status).toBe(200);
    await admin("DELETE", `/v1/users/${user.id}`);
    expect(await user.call("GET", "/v1/programs")).toMatchObject({ status: 401, json: { code: "admin_key_invalid" } });
  });

  test("may do at most what the user may do now", async () => {
    const user = await createUser("manager");
    const { program } = await setUp({ affiliates: 1 });
    const path = `/v1/programs/${program}`;
    expect((await user.call("PATCH", path, { name: "Renamed" })).status).toBe(200);
    await admin("PATCH", `/v1/users/${user.id}`, { role: "viewer" });
    expect(await user.call("PATCH", path, { name: "Again" })).toMatchObject({
      status: 403,
      json: {
        code: "role_not_permitted",
        detail: "Your role is viewer. This call needs one of these roles: owner, manager.",
      },
    });
    const { program: other } = await setUp({ affiliates: 1 });
    await admin("PATCH", `/v1/users/${user.id}`, { programs: [other] });
    expect((await user.call("GET", path)).json.code).toBe("program_not_found");
    expect((await user.call("GET", `/v1/programs/${other}`)).status).toBe(200);
  });

  test("create keys of the same user", async () => {
    const developer = await createUser("developer");
    const { json } = await developer.call("POST", "/v1/keys", { name: "Deploy" });
    expect(json).toMatchObject({ role: "developer", user: developer.id, programs: null });
    await admin("DELETE", `/v1/users/${developer.id}`);
    expect((await callerOf(json.key).call("GET", "/v1/programs")).status).toBe(401);
  });
});
