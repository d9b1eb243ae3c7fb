/** What the check of real calls finds. `setup.ts` applies it to each call of the suite. */
import { expect, test } from "vitest";
import { type Exchange, findDeviation, openContract } from "../../support/contract.ts";

const contract = openContract();

const PROGRAM = "https://go.example.com/v1/programs/orbit";
const GROUP = { program: "orbit", slug: "vip", name: "VIP", created_at: "2026-03-02T09:30:00.000Z" };
const PROBLEM = { type: "about:blank", title: "x", status: 404, code: "program_not_found", detail: "…" };

const created = (changes: Partial<Exchange> = {}, group: object = GROUP): string | null =>
  findDeviation(contract, {
    method: "POST",
    url: `${PROGRAM}/groups`,
    sent: JSON.stringify({ slug: "vip", name: "VIP" }),
    status: 201,
    type: "application/json",
    answered: JSON.stringify(group),
    ...changes,
  });

const refused = (status: number, problem: object) =>
  created({ status, type: "application/problem+json", answered: JSON.stringify({ ...PROBLEM, status, ...problem }) });

test("a call as documented has no deviation", () => {
  expect(created()).toBeNull();
  expect(refused(404, {})).toBeNull();
  expect(refused(422, { code: "invalid_name", field: "name", errors: [] })).toBeNull();
});

test("an answer with an unknown, missing or different field deviates", () => {
  expect(created({}, { ...GROUP, color: "red" })).toContain("color");
  expect(created({}, { program: "orbit", slug: "vip", name: "VIP" })).toContain("created_at");
  expect(created({}, { ...GROUP, created_at: 1_772_443_800_000 })).toContain("created_at");
});

test("an undocumented status, type or code deviates", () => {
  expect(created({ status: 200 })).toContain("the status isn't documented");
  expect(created({ type: "text/plain" })).toContain("text/plain isn't documented");
  expect(refused(409, { code: "group_is_full" })).toContain("code");
  expect(refused(404, { code: "group_exists" })).toContain("code");
  expect(refused(404, { hint: "…" })).toContain("isn't a Problem");
});

test("an accepted request with an undocumented field or parameter deviates", () => {
  expect(created({ sent: JSON.stringify({ slug: "vip", name: "VIP", color: "red" }) })).toContain("color");
  expect(created({ sent: JSON.stringify({ slug: "vip", name: 7 }) })).toContain("the body isn't as documented");
  expect(created({ url: `${PROGRAM}/groups?dry=1` })).toContain("the parameter dry isn't documented");
  // What is refused can be anything.
  expect(
    created({ sent: "{", status: 404, type: "application/problem+json", answered: JSON.stringify(PROBLEM) }),
  ).toBeNull();
});

test("a path that isn't documented deviates unless it is refused", () => {
  expect(created({ url: `${PROGRAM}/teams` })).toContain("isn't documented");
  expect(
    created({
      url: `${PROGRAM}/teams`,
      status: 404,
      type: "application/problem+json",
      answered: JSON.stringify(PROBLEM),
    }),
  ).toBeNull();
});
