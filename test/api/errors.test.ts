/** Errors of the API: all faults at once, stable codes, and methods that a URL doesn't have. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { admin, send } from "../support/story.ts";

const program = {
  slug: "errors",
  name: "Errors",
  currency: "USD",
  destination_hosts: ["shop.example"],
  preset: "carrot",
};
const post = async (body: unknown) => (await admin("POST", "/v1/programs", body)).json;

describe("a body with faults", () => {
  test("is refused with all of them at once", async () => {
    const json = await post({
      ...program,
      slug: 5,
      currency: "DOLLARS",
      destination_hosts: ["ok.example", "https://x"],
      colour: "red",
    });
    expect(json).toMatchObject({ status: 422, code: "invalid_slug", field: "slug" });
    expect(json.detail).toBe("slug: must be text (and 3 more faults)");
    const faults = json.errors.map(({ field, code }: { field: string; code: string }) => [field, code]);
    expect(faults.sort()).toEqual([
      ["colour", "unknown_field"],
      ["currency", "invalid_currency"],
      ["destination_hosts.1", "invalid_destination_hosts"],
      ["slug", "invalid_slug"],
    ]);
    for (const { detail } of json.errors) expect(detail).not.toMatch(/Invalid|Expected|received/);
  });

  test("lists the known fields beside an unknown one, also inside", async () => {
    const { errors } = await post({ ...program, colour: "red" });
    expect(errors).toEqual([
      {
        field: "colour",
        code: "unknown_field",
        detail: expect.stringMatching(
          /^colour: is not a field of this call\. The fields are: .*slug.*destination_hosts/,
        ),
      },
    ]);
    const nested = await post({ ...program, terms: { rates: [{ rate_bps: 1_000, percent: 10 }] } });
    expect(nested.errors[0]).toMatchObject({
      ...{ field: "terms.rates.0.percent", code: "unknown_field" },
      detail: expect.stringMatching(/The fields are: .*rate_bps.*flat/),
    });
  });

  test("names the choices of a field that has some", async () => {
    const { errors } = await post({ ...program, terms: { model: "best_click" } });
    expect(errors[0]).toMatchObject({
      field: "terms.model",
      detail: "terms.model: must be one of: last_click, first_click",
    });
  });

  test("with one fault has it in the list as well", async () => {
    const json = await post({ ...program, name: "" });
    expect(json.errors).toEqual([{ field: json.field, code: json.code, detail: json.detail }]);
  });
});

test("a name of spaces alone is refused, and others lose the spaces around them", async () => {
  expect(await post({ ...program, slug: "blank", name: "  " })).toMatchObject({ code: "invalid_name", field: "name" });
  expect((await post({ ...program, slug: "spaced", name: " Spaced " })).name).toBe("Spaced");
});

test("a day that is no day has one fault", async () => {
  const { json } = await admin("GET", "/v1/audit?from=yesterday");
  expect(json.errors).toEqual([
    { field: "from", code: "invalid_from", detail: "from: is not a day such as 2026-01-03" },
  ]);
});

test("a list is no object: not as a body, not in a field, not as a row", async () => {
  const list = await admin("PATCH", "/v1/programs/none", []);
  expect([list.status, list.json.code]).toEqual([404, "program_not_found"]);
  const { json: made } = await admin("POST", "/v1/programs", { ...program, slug: "lists" });
  for (const [path, method] of [
    ["", "PATCH"],
    ["/rebuilds", "POST"],
  ]) {
    const refused = await admin(method ?? "", `/v1/programs/${made.slug}${path}`, []);
    expect([path, refused.status, refused.json.code]).toEqual([path, 422, "invalid_body"]);
  }
  const { errors } = await post({ ...program, terms: [] });
  expect(errors).toEqual([{ field: "terms", code: "invalid_terms", detail: "terms: must be an object" }]);
  const { errors: nested } = await post({ ...program, terms: { rates: [[]] } });
  expect(nested[0]).toMatchObject({ field: "terms.rates.0", code: "invalid_terms_rates" });
  const bulk = await admin(
    "POST",
    `/v1/programs/${made.slug}/enrollments/bulk`,
    { rows: [[]] },
    { "Idempotency-Key": "rows" },
  );
  expect(bulk.json.data[0]).toMatchObject({ status: 422, problem: { code: "invalid_body" } });
});

test.each([
  ["PATCH", "/v1/programs", "GET, POST"],
  ["DELETE", "/v1/conversions", "GET, POST"],
  ["PUT", "/v1/links/x", "GET, PATCH"],
  ["POST", "/healthz", "GET"],
])("%s %s is 405 with Allow: %s", async (method, path, allow) => {
  const headers = { Authorization: `Bearer ${env.ADMIN_TOKEN}` };
  const response = await send(path, { method, headers });
  expect([response.status, response.headers.get("Allow")]).toEqual([405, allow]);
  expect(await response.json()).toMatchObject({
    code: "method_not_allowed",
    detail: `This URL doesn't take ${method}, only ${allow}.`,
  });
});
