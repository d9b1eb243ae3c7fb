/** Errors of D1 as they get into the log. */

import { env } from "cloudflare:workers";
import { inspect } from "node:util";
import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { affiliates } from "../../src/affiliates/tables.ts";
import { openDatabase } from "../../src/db/database.ts";
import { isUniqueViolation } from "../../src/db/unique-violation.ts";
import { admin, setUp } from "../support/story.ts";

const SECRET = "secret@private.example";

test("an error of a query says which query failed, without its parameters", async () => {
  const { a } = await setUp({ affiliates: 1 });
  const db = openDatabase(env.DB);
  const username = a.username;
  const row = { username, name: SECRET, email: SECRET, created_at: 1 };
  const failures: Record<string, () => Promise<unknown>> = {
    insert: async () => db.insert(affiliates).values(row),
    returning: async () => db.insert(affiliates).values(row).returning(),
    select: async () =>
      db
        .select()
        .from(affiliates)
        .where(eq(affiliates.username, sql`no_such_column + ${SECRET}`)),
    get: async () => db.get(sql`SELECT ${SECRET} FROM no_such_table`),
    run: async () => db.run(sql`DELETE FROM no_such_table WHERE name = ${SECRET}`),
    batch: async () => db.batch([db.insert(affiliates).values(row)]),
  };
  for (const [name, fail] of Object.entries(failures)) {
    const error = await fail().then(
      () => new Error(`${name} did not fail`),
      (reason: unknown) => reason,
    );
    if (!(error instanceof Error)) throw new Error(`${name} failed without an error`);
    const said = [error.message, error.stack ?? "", String(error), JSON.stringify(error), inspect(error, { depth: 9 })];
    for (const text of said) expect(text, name).not.toContain(SECRET);
    expect(error.message, name).toMatch(name === "batch" ? /UNIQUE constraint failed/ : /^Failed query: \S/);
    expect(isUniqueViolation(error), name).toBe(["insert", "returning", "batch"].includes(name));
  }
  const taken = await admin("POST", "/v1/affiliates", { username, name: "A", email: "x@example.com" });
  expect([taken.status, taken.json.code]).toEqual([409, "affiliate_exists"]);
});
