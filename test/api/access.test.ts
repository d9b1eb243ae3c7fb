/**
 * Each call of the API × each role × a limit to programs: who may make it. Routes come from the router, so that a new one without
 * a decision fails here.
 */
import { describe, expect, test } from "vitest";
import { accessOf } from "../../src/api/layout/permit.ts";
import { apiRoutes } from "../../src/api/routes.ts";
import { admin, click, conversionThat, postEvent, sale, send, setUp } from "../support/story.ts";
import { createKey, createUser } from "../support/users.ts";
import { CALLS } from "./access-calls.ts";

const ROLES = ["owner", "manager", "finance", "developer", "viewer"] as const;

/** The roles that have each permission. */
const MAY: Record<string, readonly string[]> = {
  read: ROLES,
  read_payees: ["owner", "manager", "finance", "developer"],
  read_requests: ["owner", "manager", "developer"],
  audit: ["owner", "manager", "finance"],
  write: ["owner", "manager"],
  payees: ["owner", "manager", "finance"],
  payouts: ["owner", "manager", "finance"],
  pay: ["owner", "finance"],
  webhooks: ["owner", "manager", "developer"],
  keys: ["owner", "developer"],
  users: ["owner"],
  backups: ["owner"],
};

const routes = Map.groupBy(
  apiRoutes({ now: () => 0, links: { forget: async () => {} } }).routes.filter(({ method }) => method !== "ALL"),
  ({ method, path }) => `${method} ${path}`,
);

/** A path of this pattern, with `names` for its parameters and `x` for others. */
function fill(pattern: string, names: Record<string, string>): string {
  return pattern.replaceAll(/:(\w+)(?:\{[^}]*?(\.\w+)\})?/g, (_, name: string, ending = "") => {
    return ending === "" ? (names[name] ?? "x") : `1${ending}`;
  });
}

test("each call has a decision", () => {
  const decided = [...routes].map(([route, handlers]) => {
    const { permission, limit } = accessOf(handlers);
    return [route, `${permission} ${limit}`];
  });
  expect(Object.fromEntries(decided)).toEqual(CALLS);
});

describe.each(ROLES)("the role %s", (role) => {
  test("may make the calls that it is permitted, and no others", async () => {
    const { call } = await createKey({ role });
    for (const [route, access] of Object.entries(CALLS)) {
      const [method = "", path = ""] = route.split(" ");
      const [permission = ""] = access.split(" ");
      const { status, json } = await call(method, `/v1${fill(path, {})}`, method === "GET" ? undefined : {}).catch(
        () => ({ status: 200, json: {} }),
      );
      const isRefused = status === 403 && json.code === "role_not_permitted";
      expect([route, role, isRefused]).toEqual([route, role, !MAY[permission]?.includes(role)]);
    }
  });
});

/** A role that has the permission and can be limited to programs, if there is one. */
const limitedRoleOf = (permission: string) => ROLES.find((role) => role !== "owner" && MAY[permission]?.includes(role));

test("an actor that is limited to programs finds no other program, and none of its affiliates", async () => {
  const own = await setUp({ affiliates: 1 });
  const foreign = await setUp({ affiliates: 1 });
  const keys = new Map<string, Awaited<ReturnType<typeof createUser>>>();
  for (const role of ROLES.slice(1)) keys.set(role, await createUser(role, [own.program]));
  const expected: Record<string, [number, string]> = {
    program: [404, "program_not_found"],
    affiliate: [404, "affiliate_not_found"],
    refused: [403, "all_programs_needed"],
  };
  for (const [route, access] of Object.entries(CALLS)) {
    const [method = "", path = ""] = route.split(" ");
    const [permission = "", limit = ""] = access.split(" ");
    const role = limitedRoleOf(permission);
    if (role === undefined || limit === "checked") continue;
    const ask = async (names: Record<string, string>) => {
      const { status, json } = (await keys
        .get(role)
        ?.call(method, `/v1${fill(path, names)}`, method === "GET" ? undefined : {})) ?? { status: 0, json: {} };
      return [route, status, json.code];
    };
    const { a } = foreign;
    expect(await ask({ program: foreign.program, affiliate: a.username, username: a.username })).toEqual([
      route,
      ...(expected[limit] ?? []),
    ]);
    if (limit === "refused") continue;
    expect(await ask({ program: "none", affiliate: "none", username: "none" })).toEqual([
      route,
      ...(expected[limit] ?? []),
    ]);
  }
});

describe("a manager that is limited to a program", async () => {
  const own = await setUp();
  const foreign = await setUp({ affiliates: 1 });
  const { call } = await createUser("manager", [own.program]);
  const sell = async ({ program, a, endpoint }: typeof own) => {
    const { token } = await click(a.slug);
    await admin("POST", "/v1/coupons", { program, affiliate: a.username, code: "SAVE" });
    const { json } = await postEvent(endpoint, sale({ click: token, customer: { id: "cus_1" } }));
    await conversionThat(json.conversion, { attributed_to: a.username });
    return String(json.conversion);
  };
  const [ownSale, foreignSale] = [await sell(own), await sell(foreign)];

  test("lists what is in the program only", async () => {
    const { data: programs } = (await call("GET", "/v1/programs")).json;
    expect(programs.map(({ slug }: { slug: string }) => slug)).toEqual([own.program]);
    const { data: affiliates } = (await call("GET", "/v1/affiliates")).json;
    expect(affiliates.map(({ username }: { username: string }) => username)).toEqual([own.a.username, own.b.username]);
    for (const list of ["coupons", "conversions"]) {
      const { data } = (await call("GET", `/v1/${list}`)).json;
      expect(data, list).toMatchObject([{ program: own.program }]);
      const named = await call("GET", `/v1/${list}?program=${foreign.program}`);
      expect(named, list).toMatchObject({ status: 422, json: { code: "program_not_found" } });
      const other = await call("GET", `/v1/${list}?affiliate=${foreign.a.username}`);
      expect(other, list).toMatchObject({ status: 422, json: { code: "affiliate_not_found" } });
    }
  });

  test.each([
    ["GET", "/v1/links/LINK", undefined, "link_not_found"],
    ["GET", "/v1/links/LINK/clicks", undefined, "link_not_found"],
    ["GET", "/v1/links/LINK/counts", undefined, "link_not_found"],
    ["PATCH", "/v1/links/LINK", { disabled: true }, "link_not_found"],
    ["GET", "/v1/conversions/SALE", undefined, "conversion_not_found"],
    ["POST", "/v1/conversions/SALE/settlement", {}, "conversion_not_found"],
    ["POST", "/v1/conversions/SALE/disputes", { affiliate: "AFFILIATE", reason: "r" }, "conversion_not_found"],
    ["POST", "/v1/customers/find", { program: "PROGRAM", customer: "cus_1" }, "program_not_found"],
    ["POST", "/v1/customers/erase", { program: "PROGRAM", customer: "cus_1" }, "program_not_found"],
    ["DELETE", "/v1/coupons/SAVE?program=PROGRAM", undefined, "program_not_found"],
    ["POST", "/v1/coupons", { program: "PROGRAM", affiliate: "AFFILIATE", code: "N" }, "program_not_found"],
    [
      "POST",
      "/v1/links",
      { program: "PROGRAM", affiliate: "AFFILIATE", slug: "n", destination: "https://shop.example/" },
      "program_not_found",
    ],
    ["GET", "/v1/affiliates/AFFILIATE", undefined, "affiliate_not_found"],
    ["POST", "/v1/affiliates/OWN/sign-in-link?program=PROGRAM", undefined, "program_not_found"],
    ["POST", "/v1/programs/MINE/enrollments", { affiliate: "AFFILIATE" }, "affiliate_not_found"],
    [
      "POST",
      "/v1/affiliates",
      { username: "n", name: "N", email: "n@x.example", sponsor: "AFFILIATE" },
      "affiliate_not_found",
    ],
  ])("%s %s of another program is as if it didn't exist", async (method, path, body, code) => {
    const name = (text: string, { program, a }: typeof foreign, conversion: string) =>
      text
        .replaceAll("PROGRAM", program)
        .replaceAll("AFFILIATE", a.username)
        .replaceAll("LINK", a.slug)
        .replaceAll("SALE", conversion)
        .replaceAll("OWN", own.a.username)
        .replaceAll("MINE", own.program);
    const ask = (of: typeof foreign, conversion: string) =>
      call(method, name(path, of, conversion), body && JSON.parse(name(JSON.stringify(body), of, conversion)), {
        "Idempotency-Key": crypto.randomUUID(),
      });
    expect((await ask(foreign, foreignSale)).json).toMatchObject({ code });
    // The same call for the own program isn't refused for that reason.
    expect((await ask(own, ownSale)).json.code).not.toBe(code);
  });

  test("may enroll an affiliate that it has created, and not one of another program", async () => {
    const body = { username: "fresh", name: "Fresh", email: "fresh@example.com" };
    expect((await call("POST", "/v1/affiliates", body)).status).toBe(201);
    expect((await call("GET", "/v1/affiliates/fresh")).status).toBe(404);
    const enroll = (affiliate: string) => call("POST", `/v1/programs/${own.program}/enrollments`, { affiliate });
    expect((await enroll("fresh")).status).toBe(201);
    expect((await call("GET", "/v1/affiliates/fresh")).status).toBe(200);
    expect((await enroll(foreign.a.username)).json.code).toBe("affiliate_not_found");
  });

  test("doesn't change an affiliate that is in other programs, too", async () => {
    const shared = own.b.username;
    await admin("POST", `/v1/programs/${foreign.program}/enrollments`, { affiliate: shared, status: "rejected" });
    const payee = { method: "paypal", email: "thief@example.com" };
    for (const [method, path, body] of [
      ["PUT", "payee", payee],
      ["POST", "sign-in-link"],
      ["POST", "view-link"],
      ["POST", "erase"],
    ] as const) {
      const { status, json } = await call(method, `/v1/affiliates/${shared}/${path}`, body);
      expect([path, status, json.code]).toEqual([path, 403, "affiliate_in_other_programs"]);
    }
    expect((await call("GET", `/v1/affiliates/${shared}/payee`)).json.method).toBeNull();
    expect((await call("PUT", `/v1/affiliates/${own.a.username}/payee`, payee)).status).toBe(200);
    await admin("PUT", `/v1/affiliates/${foreign.a.username}/payee`, payee);
    // Other affiliates with the same account are named, except those of other programs.
    expect((await call("GET", `/v1/affiliates/${own.a.username}/payee`)).json.shared_with).toEqual([]);
    const all = (await admin("GET", `/v1/affiliates/${own.a.username}/payee`)).json.shared_with;
    expect(all).toEqual([foreign.a.username]);
  });
});

test("a HEAD request needs the same permission as its GET", async () => {
  const { program } = await setUp({ affiliates: 1 });
  const limited = await createUser("viewer", [program]);
  const status = async (path: string) =>
    (await send(path, { method: "HEAD", headers: { Authorization: `Bearer ${limited.key}` } })).status;
  expect(await status("/v1/affiliates/x/payee")).toBe(403);
  expect(await status("/v1/programs/none")).toBe(404);
  expect(await status("/v1/dead-clicks")).toBe(403);
  expect(await status(`/v1/programs/${program}`)).toBe(200);
});
