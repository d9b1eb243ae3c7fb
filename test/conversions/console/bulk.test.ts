/** Correcting the credit of several conversions at once. */
import { expect, test } from "vitest";
import { sumEffects } from "../../../src/conversions/console/bulk-effect.ts";
import { bodyOf, FORM, signIn } from "../../console/session.ts";
import { admin, click, conversionThat, postEvent, sale, send, setUp } from "../../support/story.ts";
import { createUser } from "../../support/users.ts";

const textOf = (html: string) =>
  bodyOf(html)
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll(/\s+/g, " ");

/** Two sales of $99.00 that earn A $39.60 each. */
async function sold() {
  const story = await setUp();
  const { token } = await click(story.a.slug);
  const ids: string[] = [];
  for (const id of ["cus_1", "cus_2"]) {
    const { json } = await postEvent(story.endpoint, sale({ click: token, customer: { id } }));
    await conversionThat(json.conversion, { entries: [{ kind: "commission" }] });
    ids.push(json.conversion);
  }
  return { ...story, ids, list: `/admin/programs/${story.program}/sales` };
}

test("amounts of one affiliate, kind and currency are one sum", () => {
  const amount = { affiliate: "a", kind: "commission" as const, currency: "USD", reversed: 100, credited: 0 };
  const moved = { this: true, earlier: 0, later: 0 };
  const sum = sumEffects([
    { changed: 1, moved, conversions: [], amounts: [amount, { ...amount, currency: "EUR", credited: 5 }] },
    { changed: 0, conversions: [], moved: { ...moved, this: false }, amounts: [amount] },
    { changed: 1, moved, conversions: [], amounts: null },
  ]);
  expect(sum).toEqual({
    amounts: [
      { ...amount, reversed: 200 },
      { ...amount, currency: "EUR", credited: 5 },
    ],
    ...{ moved: 2, unknown: 1 },
  });
});

test("several sales are moved after one sum was shown, and withdrawn once for a form that is submitted twice", async () => {
  const { a, b, ids, list } = await sold();
  const manager = await signIn({ key: (await createUser("manager")).key });
  const page = (await manager.open(list)).html;
  for (const id of ids) expect(page).toContain(`form="bulk" name="conversion" value="${id}"`);
  const post = async (fields: Record<string, string>) => {
    const body = new URLSearchParams(fields);
    for (const id of ids) body.append("conversion", id);
    const headers = { ...FORM, Cookie: manager.cookie };
    const response = await send(`${list}/bulk`, { method: "POST", headers, body: body.toString() });
    const location = response.headers.get("location");
    return { status: response.status, location, text: textOf(await response.text()) };
  };
  const asked = await post({ action: "credit", form_key: "bulk-1" });
  expect([asked.status, asked.text]).toEqual([200, expect.stringContaining("Move credit of 2 conversions")]);
  const decision = { action: "credit", asked: "yes", affiliate: b.username, reason: "B’s webinar" };
  const wrong = await post({ ...decision, affiliate: "<b>nobody", form_key: "bulk-2" });
  expect([wrong.status, wrong.text]).toEqual([422, expect.stringContaining("There is no affiliate")]);
  const shown = await post({ ...decision, form_key: "bulk-3" });
  expect(shown.text).toContain(`Reverses $79.20 of ${a.username}, credits $79.20 to ${b.username}.`);
  expect(shown.text).toContain(`2 conversions move to ${b.username}.`);
  for (const id of ids) await conversionThat(id, { attributed_to: a.username });
  const moved = await post({ ...decision, confirmed: "yes", form_key: "bulk-4" });
  expect(moved.location).toBe(`${list}?done=corrected`);
  for (const id of ids) await conversionThat(id, { attributed_to: b.username });

  const withdrawal = { action: "withdraw", asked: "yes", reason: "Own purchases" };
  expect((await post({ ...withdrawal, form_key: "bulk-5" })).text).toContain(`Reverses $79.20 of ${b.username}.`);
  for (const _ of [1, 2]) {
    const withdrawn = await post({ ...withdrawal, confirmed: "yes", form_key: "bulk-6" });
    expect(withdrawn.location).toBe(`${list}?done=corrected`);
  }
  for (const id of ids) await conversionThat(id, { attributed_to: null });
  const { json } = await admin("GET", `/v1/conversions/${ids[0]}`);
  expect(json.decisions).toHaveLength(2);
});

test("another program's conversions are refused, and a viewer can’t choose any", async () => {
  const [{ ids }, other] = [await sold(), await setUp()];
  const manager = await signIn({ key: (await createUser("manager")).key });
  const path = `/admin/programs/${other.program}/sales/bulk`;
  expect((await manager.post(path, { action: "withdraw", conversion: ids[0] ?? "" })).status).toBe(404);
  const none = await manager.post(path, { action: "withdraw" });
  expect(none.headers.get("location")).toBe(`/admin/programs/${other.program}/sales?done=none`);
  const viewer = await signIn({ key: (await createUser("viewer")).key });
  expect((await viewer.open(`/admin/programs/${other.program}/sales`)).html).not.toContain('id="bulk"');
});
