/** A query parameter that a call doesn't have is refused, whatever the call is, before anything is changed. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { apiRoutes } from "../../src/api/routes.ts";
import { admin, send, setUp } from "../support/story.ts";

const routes = [
  ...new Set(
    apiRoutes({ now: () => 0, links: { forget: async () => {} } })
      .routes.filter(({ method }) => method !== "ALL")
      .map(({ method, path }) => `${method} ${path}`),
  ),
];

/** A path of this pattern: `/statements/:file{[0-9]+\\.csv}` → `/statements/1.csv`. */
const fill = (pattern: string) =>
  pattern.replaceAll(/:\w+(?:\{([^}]*)\})?/g, (_, format: string | undefined) => {
    const name = ["x", "1", "1.csv", "1.html", "1.ndjson", "x.csv"].find((one) =>
      new RegExp(`^(?:${format ?? ".*"})$`).test(one),
    );
    if (name === undefined) throw new Error(`no name matches ${format}`);
    return name;
  });

test("every call of the API refuses an unknown parameter, and lists those that it has", async () => {
  expect(routes.length).toBeGreaterThan(80);
  for (const route of routes) {
    const [method = "", path = ""] = route.split(" ");
    const { status, json } = await admin(method, `/v1${fill(path)}?surprise=1&limit=`);
    expect([route, status, json.code, json.field]).toEqual([
      route,
      422,
      "unknown_parameter",
      // Lists know `limit`; the first unknown parameter is named.
      "surprise",
    ]);
    expect(json.detail).toMatch(
      /^surprise: is not a parameter of this call\. (This call has no parameters|The parameters)/,
    );
  }
});

test("a misspelled filter doesn't return everything", async () => {
  const { program } = await setUp({ affiliates: 1 });
  const { status, json } = await admin("GET", `/v1/conversions?program=${program}&form=2026-01-01`);
  expect([status, json]).toMatchObject([
    422,
    {
      field: "form",
      detail:
        "form: is not a parameter of this call. The parameters of this call are: program, affiliate, link, host, type, from, to, customer, payment, credited, test, click_country, sort, limit, cursor.",
    },
  ]);
  expect((await admin("GET", `/v1/conversions?program=${program}&limit=1`)).status).toBe(200);
});

test.each([
  ["type=sale&type=refund", "type"],
  ["from=2026-01-01&limit=1&from=2026-02-01", "from"],
  ["limit=1&limit=1", "limit"],
])("the repeated parameter of ?%s is refused: only one would count", async (query, field) => {
  const { status, json } = await admin("GET", `/v1/conversions?${query}`);
  expect([status, json.code, json.field]).toEqual([422, "repeated_parameter", field]);
});

test("HEAD refuses what GET refuses", async () => {
  const head = async (query: string) => {
    const headers = { Authorization: `Bearer ${env.ADMIN_TOKEN}` };
    return (await send(`/v1/conversions?${query}`, { method: "HEAD", headers })).status;
  };
  expect([await head("form=2026-01-01"), await head("limit=1")]).toEqual([422, 200]);
});

test("an unknown path is still not found", async () => {
  expect((await admin("GET", "/v1/nothing?surprise=1")).status).toBe(404);
});
