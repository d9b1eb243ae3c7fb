import { expect, test } from "vitest";
import { admin, setUp } from "../support/story.ts";

test("a coupon is stored in normalized form, listed, and deleted by any spelling", async () => {
  const { program, a, b } = await setUp();
  const made = await admin("POST", "/v1/coupons", { program, affiliate: a.username, code: " save10 " });
  expect(made).toMatchObject({ status: 201, json: { program, affiliate: a.username, code: "SAVE10" } });
  expect(Date.parse(made.json.created_at)).toBeGreaterThan(0);
  await admin("POST", "/v1/coupons", { program, affiliate: b.username, code: "ÉTÉ 20%" });
  const { json } = await admin("GET", `/v1/coupons?program=${program}`);
  expect(json).toMatchObject({ data: [{ code: "SAVE10" }, { code: "ÉTÉ 20%", affiliate: b.username }], next: null });
  const deleted = await admin("DELETE", `/v1/coupons/Save10?program=${program}`);
  expect(deleted).toEqual({ status: 200, json: { ...made.json, status: "deleted" } });
  const again = await admin("DELETE", `/v1/coupons/SAVE10?program=${program}`);
  expect([again.status, again.json.code]).toEqual([404, "coupon_not_found"]);
  expect((await admin("DELETE", `/v1/coupons/${encodeURIComponent("été 20%")}?program=${program}`)).status).toBe(200);
  expect((await admin("GET", `/v1/coupons?program=${program}`)).json.data).toEqual([]);
});

test("a list continues on the next page, by program and affiliate", async () => {
  const [one, other] = [await setUp(), await setUp()];
  const codes = ["a&b", "A%20", "zoë", "B/2", "#1"].map((code) => code.toUpperCase());
  for (const code of codes)
    await admin("POST", "/v1/coupons", { program: one.program, affiliate: one.a.username, code });
  await admin("POST", "/v1/coupons", { program: one.program, affiliate: one.b.username, code: "OTHERS" });
  await admin("POST", "/v1/coupons", { program: other.program, affiliate: other.a.username, code: "A&B" });
  const seen: string[] = [];
  let cursor = "";
  for (;;) {
    const query = `program=${one.program}&affiliate=${one.a.username}&limit=2`;
    const { status, json } = await admin("GET", `/v1/coupons?${query}${cursor}`);
    expect(status, JSON.stringify(json)).toBe(200);
    seen.push(...json.data.map(({ code }: { code: string }) => code));
    if (json.next === null) break;
    cursor = `&cursor=${json.next}`;
  }
  expect(seen).toEqual(codes.toSorted());
  expect((await admin("GET", `/v1/coupons?affiliate=${one.b.username}`)).json.data).toHaveLength(1);
});

test("a code belongs to one affiliate in a program, in any case", async () => {
  const [{ program, a, b }, other] = [await setUp(), await setUp()];
  await admin("POST", "/v1/coupons", { program, affiliate: a.username, code: "SAVE10" });
  const taken = await admin("POST", "/v1/coupons", { program, affiliate: b.username, code: "Save10" });
  expect([taken.status, taken.json.code, taken.json.field]).toEqual([409, "coupon_taken", "code"]);
  const elsewhere = { program: other.program, affiliate: other.a.username, code: "SAVE10" };
  expect((await admin("POST", "/v1/coupons", elsewhere)).status).toBe(201);
});

test("an invalid coupon is refused with its field", async () => {
  const [{ program, a }, other] = [await setUp(), await setUp()];
  const good = { program, affiliate: a.username, code: "X" };
  const cases: [Record<string, unknown>, string, string][] = [
    [{ code: "   " }, "invalid_code", "code"],
    [{ code: "A\nB" }, "invalid_code", "code"],
    [{ code: "x".repeat(201) }, "invalid_code", "code"],
    // Becomes two letters in upper case.
    [{ code: "ß".repeat(101) }, "invalid_code", "code"],
    [{ code: 10 }, "invalid_code", "code"],
    [{ program: "nowhere" }, "program_not_found", "program"],
    [{ affiliate: "nobody" }, "affiliate_not_found", "affiliate"],
    [{ affiliate: other.a.username }, "affiliate_not_enrolled", "affiliate"],
    [{ percent: 10 }, "unknown_field", "percent"],
  ];
  for (const [changes, code, field] of cases) {
    const { status, json } = await admin("POST", "/v1/coupons", { ...good, ...changes });
    expect([status, json.code, json.field], JSON.stringify(changes)).toEqual([422, code, field]);
  }
  const unnamed = await admin("DELETE", "/v1/coupons/X");
  expect([unnamed.status, unnamed.json.code]).toEqual([422, "invalid_program"]);
  for (const cursor of ["x", "1.A", "1.!"]) {
    const { status, json } = await admin("GET", `/v1/coupons?cursor=${cursor}`);
    expect([status, json.code], cursor).toEqual([422, "invalid_cursor"]);
  }
});
