/** Kajabi: only customers may be affiliates. */
import { expect, test } from "vitest";
import { admin, eventually, postEvent, sale, setUp } from "../support/story.ts";

/** A program that is open to customers only, and an affiliate who isn't enrolled. */
async function withApplicant() {
  const { program, endpoint } = await setUp({ affiliates: 1 });
  expect((await admin("POST", `/v1/programs/${program}/terms`, { terms: { open_to: "customers" } })).status).toBe(201);
  const username = program.replace("prog", "fan");
  await admin("POST", "/v1/affiliates", { username, name: "Fan", email: `${username}@example.com` });
  const enroll = (body: object = {}) =>
    admin("POST", `/v1/programs/${program}/enrollments`, { affiliate: username, ...body });
  const approve = (body: object = {}) =>
    admin("PATCH", `/v1/programs/${program}/enrollments/${username}`, { status: "approved", ...body });
  /** A purchase by the applicant. */
  const buy = async (changes: Record<string, unknown> = {}) => {
    const event = sale({ customer: { email: `${username}@example.com` }, ...changes });
    const { json } = await postEvent(endpoint, event);
    await eventually(async () => expect((await admin("GET", `/v1/conversions/${json.conversion}`)).status).toBe(200));
    return { event, conversion: json.conversion as string };
  };
  return { program, endpoint, username, enroll, approve, buy };
}

test("someone who has paid for nothing can apply, but not be approved", async () => {
  const { enroll, approve, buy } = await withApplicant();
  const refused = await enroll();
  expect([refused.status, refused.json.code]).toEqual([409, "affiliate_not_customer"]);
  expect((await enroll({ status: "pending" })).status).toBe(201);
  expect((await approve()).json.code).toBe("affiliate_not_customer");
  await buy();
  expect((await approve()).json).toMatchObject({ status: "approved" });
});

test("a customer can be enrolled, and stays enrolled when the purchase is refunded", async () => {
  const { program, endpoint, username, enroll, buy } = await withApplicant();
  const { event, conversion } = await buy();
  expect((await enroll()).json).toMatchObject({ status: "approved" });
  const { payment, amount, currency, customer } = event;
  const refund = { type: "refund", occurred_at: new Date().toISOString(), customer, payment, refund: "re_1" };
  await postEvent(endpoint, { ...refund, amount, currency });
  await eventually(async () => {
    expect((await admin("GET", `/v1/conversions/${conversion}`)).json.status).toBe("refunded");
  });
  const { json } = await admin("GET", `/v1/programs/${program}/enrollments/${username}`);
  expect(json.status).toBe("approved");
});

test("neither a lead nor a purchase of someone else makes a customer; the merchant's word does", async () => {
  const { enroll, buy } = await withApplicant();
  await buy({ type: "lead", payment: null, amount: null });
  await buy({ customer: { email: "other@example.com" } });
  expect((await enroll()).json.code).toBe("affiliate_not_customer");
  expect((await enroll({ is_customer: true })).json).toMatchObject({ status: "approved" });
});
