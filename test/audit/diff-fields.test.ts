import { expect, test } from "vitest";
import { diffFields } from "../../src/audit/diff-fields.ts";

test("the difference has the changed fields only, before and after", () => {
  const before = { name: "Old", hosts: ["a.example"], address: "1 Road" };
  expect(diffFields(before, { name: "New", hosts: ["a.example"], address: null })).toEqual({
    before: { name: "Old", address: "1 Road" },
    after: { name: "New", address: null },
  });
  expect(diffFields(before, before)).toEqual({ before: {}, after: {} });
  expect(diffFields({}, { home_url: "https://a.example/" })).toEqual({
    before: { home_url: null },
    after: { home_url: "https://a.example/" },
  });
});
