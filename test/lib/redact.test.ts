/** What the log may hold of an error. */
import { describe, expect, test } from "vitest";
import { Problem } from "../../src/lib/problem.ts";
import { describeError, readCode, redactField } from "../../src/lib/redact.ts";

const messageOf = (text: string) => describeError(new Error(text)).message;

/** What `work` throws. */
function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("it did not throw");
}

describe("a message", () => {
  test.each([
    "no answer within 3000 ms",
    "Network connection lost.",
    "the API's answer isn't JSON",
    "D1_ERROR: UNIQUE constraint failed: affiliates.email: SQLITE_CONSTRAINT",
    "D1_ERROR: no such column: sealed_api_key at offset 12: SQLITE_ERROR",
    "Durable Object reset because its code was updated.",
  ])("is kept where it holds no value: %s", (text) => {
    expect(messageOf(text)).toBe(text);
  });

  test.each([
    ["D1_TYPE_ERROR: Type 'object' not supported for value 'jane@private.example'", "D1_TYPE_ERROR: Type …"],
    ["recipient jane@private.example was refused", "recipient … was refused"],
    ["not reached: https://private.example/path?email=jane", "not reached: …"],
    ["connection from 203.0.113.77 and 2001:db8::77 closed", "connection from … and … closed"],
    ["the token lc1_ZkQ2Ynlrc3Vkc2RmaGtzZGY is invalid", "the token … is invalid"],
    ["the name Zoë was refused", "the name Zo… was refused"],
    ['{"name":"Jane"}', "{…"],
    ["a name “Jane” of ‘Doe’", "a name …"],
    ["Cannot use 'in' operator to search for 'a' in Jane", "Cannot use …"],
  ])("%s", (text, expected) => {
    expect(messageOf(text)).toBe(expected);
  });

  test("of an error that quotes what it couldn't read is left out", () => {
    const unclosed = ["(Jane", "Private"].join(" ");
    for (const work of [
      () => JSON.parse('{"name": Jane Private}'),
      () => BigInt("Jane Private"),
      () => new Intl.DateTimeFormat("en", { timeZone: "Jane/Private" }),
      () => new RegExp(unclosed),
    ]) {
      const described = describeError(thrownBy(work));
      expect(described.name).toMatch(/^(Syntax|Range)Error$/);
      expect(JSON.stringify(described)).not.toMatch(/Jane|Private/);
    }
  });

  test("of a problem is left out, because it names what was sent; its code is kept", () => {
    const described = describeError(new Problem(404, "affiliate_not_found", "There is no affiliate jane-private."));
    expect(described).toMatchObject({ name: "Problem", code: "affiliate_not_found" });
    expect(JSON.stringify(described)).not.toContain("jane-private");
  });

  test("of a failed query is its SQL, without literals", () => {
    expect(messageOf(`Failed query: select "a" from "t"\n  where x = 'Jane ''O'' Private' and y = ?`)).toBe(
      `Failed query: select "a" from "t" where x = '…' and y = ?`,
    );
  });
});

describe("an error", () => {
  test("has its class, where it was thrown, and its cause", () => {
    const error = new TypeError("it failed", { cause: new Error("D1_ERROR: no such table: links: SQLITE_ERROR") });
    const described = describeError(error);
    expect(described).toMatchObject({
      name: "TypeError",
      message: "it failed",
      cause: { name: "Error", message: "D1_ERROR: no such table: links: SQLITE_ERROR" },
    });
    expect(described.at?.[0]).toMatch(/^at .*redact\.test\.ts/);
  });

  test("with lines that look like stack frames doesn't get them into the log", () => {
    const described = describeError(new Error("no\n    at Jane (private.ts:1:1)\n    at Doe (private.ts:2:2)"));
    expect(JSON.stringify(described.at)).not.toMatch(/Jane|Doe|private/);
    const changed = Object.assign(new Error("another"), { stack: "Error: no\n    at Jane (private.ts:1:1)" });
    expect(describeError(changed).at).toBeUndefined();
  });

  test("may be anything that was thrown, and its causes may be endless", () => {
    expect(describeError("jane@private.example")).toEqual({ name: "string" });
    expect(describeError(null)).toEqual({ name: "object" });
    const error = new Error("a");
    error.cause = error;
    expect(describeError(error).cause?.cause?.cause).toMatchObject({ message: "a" });
    expect(describeError(error).cause?.cause?.cause?.cause).toBeUndefined();
  });

  test("with a name or code that is no word doesn't get it into the log", () => {
    const error = Object.assign(new Error("a"), { name: "jane@private.example", code: "jane@private.example" });
    expect(JSON.stringify(describeError(error))).not.toContain("private");
    expect(readCode({ code: "E_DELIVERY_FAILED" })).toBe("E_DELIVERY_FAILED");
  });
});

test("a field holds ids and codes only", () => {
  for (const text of ["dlv_0198-ABC", "2026-11-20", "affiliate_not_found", "1.5"]) expect(redactField(text)).toBe(text);
  for (const text of [
    "jane@x",
    "Jane Doe",
    "203.0.113.77",
    "2001:db8::1",
    "https://x",
    "",
    "a\nb",
    "ä",
    "a".repeat(101),
  ])
    expect(redactField(text)).toBe("redacted");
});
