/**
 * Each page and form of the console × each role × a limit to programs. Routes come from the router, so that a new one is covered,
 * and fails here if it declares no permission.
 */
import { env } from "cloudflare:workers";
import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { consoleRoutes } from "../../src/console/routes.tsx";
import { ROLES, type Role } from "../../src/users/actor.ts";
import { isPermitted, type Permission } from "../../src/users/roles.ts";
import { send, setUp } from "../support/story.ts";
import { createUser, listAudited } from "../support/users.ts";
import { signIn, submit } from "./session.ts";

const PARAMETER = /:\w+(\{[^}]*\})?\??/g;

const app = consoleRoutes({ now: () => 0, api: new Hono() });
const handlers = app.routes.filter(({ method, path }) => method !== "ALL" && !path.includes("*"));
const routes = [...Map.groupBy(handlers, ({ method, path }) => `${method} ${path}`)].map(([route, found]) => {
  const [method = "", path = ""] = route.split(" ");
  const declared = found.map(({ handler }) => (handler as { permissions?: Permission[] }).permissions);
  return { method, path: path === "/" ? "/admin" : `/admin${path}`, permissions: declared.find(Boolean) ?? [] };
});
const pages = routes.filter(({ path }) => !/^\/admin\/sign-(in|out)$/.test(path));

/** A route's path for a program, with ids that don't exist. */
function fill(path: string, program: string): string {
  return path.replaceAll(PARAMETER, (parameter, pattern: string | undefined) => {
    if (parameter.startsWith(":program")) return program;
    return `none${/\\(\.\w+)\}$/.exec(pattern ?? "")?.[1] ?? ""}`;
  });
}

/** Opens a page or submits an empty form. */
async function use(session: Awaited<ReturnType<typeof signIn>>, method: string, path: string): Promise<number> {
  const response = method === "GET" ? await session.open(path) : await session.post(path);
  return response.status;
}

test("every page and form declares who may use it", () => {
  expect(pages.length).toBeGreaterThan(3);
  expect(pages.filter(({ permissions }) => permissions.length === 0)).toEqual([]);
  expect(pages.filter(({ method }) => !["GET", "POST"].includes(method))).toEqual([]);
});

describe.each(ROLES)("a user with the role %s", (role: Role) => {
  test("may use what the role permits, and nothing else", async () => {
    const { program } = await setUp();
    const session = await signIn({ key: (await createUser(role)).key });
    for (const { method, path, permissions } of pages) {
      if (path.includes("/sessions/")) continue;
      const isAllowed = permissions.every((permission) => isPermitted(role, permission));
      // A form that may be submitted isn't about a program that exists, so that it changes nothing.
      const target = fill(path, isAllowed && method === "POST" ? "none" : program);
      const before = (await listAudited()).length;
      const status = await use(session, method, target);
      if (isAllowed) expect([method, path, status < 500 && status !== 403]).toEqual([method, path, true]);
      else expect([method, path, status]).toEqual([method, path, 403]);
      if (!isAllowed) expect([method, path, (await listAudited()).length]).toEqual([method, path, before]);
    }
  });
});

test.each(ROLES.filter((role) => role !== "owner"))(
  "a %s sees no page of a program that its user is not limited to",
  async (role) => {
    const [mine, other] = [await setUp(), await setUp()];
    const session = await signIn({ key: (await createUser(role, [mine.program])).key });
    const before = (await listAudited()).length;
    for (const { method, path } of pages.filter((page) => page.path.includes(":program"))) {
      const status = await use(session, method, fill(path, other.program));
      expect([method, path, [403, 404].includes(status)]).toEqual([method, path, true]);
    }
    expect((await listAudited()).length).toBe(before);
    expect((await session.open("/admin")).html).not.toContain(other.program);
  },
);

test("no form is accepted from another site, and no page works without a session", async () => {
  const { cookie, open } = await signIn({ key: env.ADMIN_TOKEN });
  const forms = routes.filter(({ method }) => method === "POST");
  expect(forms.length).toBeGreaterThan(3);
  for (const { path } of forms) {
    const target = fill(path, "none");
    const headers = { Cookie: cookie, Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" };
    expect([path, (await submit(target, {}, headers)).status]).toEqual([path, 403]);
    if (!path.startsWith("/admin/sign-")) expect([path, (await submit(target)).status]).toEqual([path, 401]);
  }
  for (const { path } of pages.filter(({ method }) => method === "GET")) {
    expect([path, (await send(fill(path, "none"))).status]).toEqual([path, 401]);
  }
  expect((await open("/admin/nothing")).status).toBe(404);
});
