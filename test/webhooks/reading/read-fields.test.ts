import { describe, expect, test } from "vitest";
import { Problem } from "../../../src/lib/problem.ts";
import {
  findClick,
  invalidField,
  readClick,
  readClickInUrl,
  readEmail,
  readId,
  readJsonBody,
} from "../../../src/webhooks/reading/read-fields.ts";

describe("a body of JSON", () => {
  test.each([
    ['{"a":[1]}', { a: [1] }],
    ["null", null],
    [' "text" ', "text"],
    ['{"name":"cut \\ud83d"}', { name: "cut \uFFFD" }],
  ])("%s", (body, value) => {
    expect(readJsonBody(body)).toEqual(value);
  });

  test.each(["", "{", "a=1", "{'a':1}", '\u{FEFF}{"a":1}'])("is not %j", (body) => {
    expect(() => readJsonBody(body)).toThrow(
      expect.objectContaining({ status: 422, code: "invalid_json", field: null }),
    );
  });
});

describe("the click in a field of any name", () => {
  const token = "A".repeat(65);
  test.each([
    ["the first that is as long as a token", [null, 1, "spring-sale", token, "B".repeat(65)], token],
    ["none that has other characters", ["https://acme.example/".padEnd(80, "a"), `${token} `], null],
    ["none that is longer than any token", ["A".repeat(201)], null],
    ["none of none", [], null],
  ])("is %s", (_, values, click) => {
    expect(findClick(...values)).toBe(click);
  });
});

test.each([
  ["https://acme.example/pricing?a=1&lc_click=tok#top", "tok"],
  ["https://acme.example/pricing?lc_click=", null],
  ["https://acme.example/pricing", null],
  ["acme.example/?lc_click=tok", null],
  [null, null],
])("the click in the URL %s is %s", (url, click) => {
  expect(readClickInUrl(url)).toBe(click);
});

describe("the click", () => {
  test.each<[string, unknown, string | null]>([
    ["in an object", { lc_click: "tok" }, "tok"],
    [
      "in a list of names",
      [
        { name: "other", value: "x" },
        { name: "lc_click", value: "tok" },
      ],
      "tok",
    ],
    ["in a list of keys", [{ id: 1, key: "lc_click", value: "tok" }], "tok"],
    [
      "the first of two",
      [
        { key: "lc_click", value: "tok" },
        { key: "lc_click", value: "tik" },
      ],
      "tok",
    ],
    ["nowhere", { other: "x" }, null],
    ["nowhere in a list", [{ name: "other", value: "tok" }], null],
    ["in null", null, null],
    ["in a missing value", undefined, null],
    ["in a text", "lc_click", null],
    ["in an empty list", [], null],
    ["in a list without objects", [null, undefined, 1, "lc_click"], null],
    ["empty", { lc_click: "" }, null],
    ["a number", { lc_click: 5 }, null],
    ["an object", { lc_click: { lc_click: "tok" } }, null],
    ["under another name", { LC_CLICK: "tok" }, null],
  ])("%s", (_, data, click) => {
    expect(readClick(data)).toBe(click);
  });

  test("is limited in length", () => {
    expect(readClick({ lc_click: "t".repeat(5_000) })).toHaveLength(2_000);
  });

  test("is an own field of the custom data", () => {
    expect(readClick(Object.create({ lc_click: "tok" }))).toBeNull();
  });
});

describe("an email address", () => {
  test.each<[unknown, string | null]>([
    ["jane@example.com", "jane@example.com"],
    [" Jane@Example.com ", "Jane@Example.com"],
    ["jane", null],
    ["jane@", null],
    ["jane@example", null],
    ["jane doe@example.com", null],
    [`${"j".repeat(190)}@example.com`, null],
    ["", null],
    [null, null],
    [undefined, null],
    [7, null],
    [["jane@example.com"], null],
  ])("%j", (value, email) => {
    expect(readEmail(value)).toBe(email);
  });
});

describe("an id", () => {
  test.each<[unknown, string | null]>([
    ["cus_1", "cus_1"],
    [429, "429"],
    [0, "0"],
    ["0", "0"],
    ["", null],
    [1.5, null],
    // JSON.parse has already rounded it.
    [2 ** 53, null],
    [Number.NaN, null],
    [null, null],
    [undefined, null],
    [true, null],
    [{ id: 1 }, null],
  ])("%j", (value, id) => {
    expect(readId(value)).toBe(id);
  });
});

test("an invalid field is named in code, words and field", () => {
  const problem = invalidField("order.charges[0].tax_paid", "must be a number");
  expect(problem).toBeInstanceOf(Problem);
  expect(problem).toMatchObject({
    status: 422,
    code: "invalid_order_charges_tax_paid",
    message: "order.charges[0].tax_paid must be a number.",
    field: "order.charges[0].tax_paid",
  });
});
