/** The objects that Recurly's webhooks name are fetched from its API. */
import { describe, expect, test } from "vitest";
import { LookupUnavailable } from "../../../../src/webhooks/provider.ts";
import { recurly } from "../../../../src/webhooks/providers/recurly/adapter.ts";
import paid from "../../../fixtures/recurly/charge-invoice-paid.json";
import credited from "../../../fixtures/recurly/credit-invoice-created.json";
import purchase from "../../../fixtures/recurly/invoice-purchase.json";
import refund from "../../../fixtures/recurly/invoice-refund.json";
import renewal from "../../../fixtures/recurly/invoice-renewal.json";
import renewalPaid from "../../../fixtures/recurly/renewal-paid.json";
import created from "../../../fixtures/recurly/subscription-created.json";
import expired from "../../../fixtures/recurly/subscription-expired.json";
import subscription from "../../../fixtures/recurly/subscription-renewed.json";
import { RECURLY_KEY, serveRecurly } from "./signer.ts";

const API = "https://v3.recurly.com";
const whole: Record<string, unknown> = {
  [`${API}/invoices/${purchase.id}`]: purchase,
  [`${API}/invoices/${renewal.id}`]: renewal,
  [`${API}/invoices/${refund.id}`]: refund,
  [`${API}/subscriptions/${subscription.id}`]: subscription,
};

const complete = (hook: object, answers = whole, api_key = RECURLY_KEY) => {
  const { asked, request } = serveRecurly(answers);
  return { asked, body: recurly.look_up?.complete?.(JSON.stringify(hook), { api_key, request }) };
};
const completed = async (hook: object, answers = whole) => JSON.parse((await complete(hook, answers).body) ?? "");

test("a purchase gets its invoice, a renewal also its subscription", async () => {
  const { site_id: _, uuid: __, ...hook } = paid;
  expect(await completed(paid)).toEqual({ ...hook, invoice: purchase, subscription: null });
  expect(await completed(renewalPaid)).toMatchObject({ invoice: renewal, subscription });
});

test("a new subscription is fetched, and an ended one needs nothing", async () => {
  expect(await completed(created)).toMatchObject({ subscription });
  expect(complete(expired).asked).toEqual([]);
  expect(await completed(expired)).toEqual(expired);
});

describe("a refund's invoice", () => {
  const { previous_invoice_id: _, ...unlinked } = refund;
  const related = `${API}/invoices/${refund.id}/related_invoices`;
  const linked = (data: unknown) => ({ ...whole, [`${API}/invoices/${refund.id}`]: unlinked, [related]: { data } });

  test("names its purchase", async () => {
    expect(await completed(credited)).toMatchObject({ invoice: { previous_invoice_id: purchase.id } });
    expect(await completed({ ...credited, event_type: "voided" })).toMatchObject({ invoice: { id: refund.id } });
  });

  test("is related to its purchase, on sites that only bill what changed", async () => {
    const data = [
      { id: "rq1", type: "credit" },
      { id: purchase.id, type: "charge" },
    ];
    expect(await completed(credited, linked(data))).toMatchObject({ invoice: { previous_invoice_id: purchase.id } });
    expect(await completed(credited, linked([]))).toMatchObject({ invoice: { previous_invoice_id: null } });
  });
});

test("a site in the EU is asked there", async () => {
  const { asked, request } = serveRecurly({ "https://v3.eu.recurly.com/invoices/rz5n1xq7wk3m": purchase });
  await recurly.look_up?.complete?.(JSON.stringify(paid), { api_key: `eu:${RECURLY_KEY}`, request });
  expect(asked).toEqual(["https://v3.eu.recurly.com/invoices/rz5n1xq7wk3m"]);
});

test.each([429, 500, 503])("a call that is answered with %d may succeed later", async (status) => {
  const { body } = complete(paid, { [`${API}/invoices/${purchase.id}`]: status });
  await expect(body).rejects.toBeInstanceOf(LookupUnavailable);
});

test("a wrong key or an unknown invoice is an error", async () => {
  await expect(complete(paid, whole, "0000000000000000000000000000").body).rejects.toThrow("401");
  await expect(complete(paid, {}).body).rejects.toThrow("404");
});

test.each(["../accounts", "a/b", "", 5])("the id %j is refused", async (id) => {
  const { asked, body } = complete({ ...paid, id });
  await expect(body).rejects.toMatchObject({ status: 422, field: "id" });
  expect(asked).toEqual([]);
});

describe("the API key", () => {
  const check = (text: string) => recurly.look_up?.check(text);

  test.each([RECURLY_KEY, `eu:${RECURLY_KEY}`])("may be %s", (text) => {
    expect(() => check(text)).not.toThrow();
  });

  test.each(["", "short", "us:c4b81f07a25d4e6399f10b7ed8c6a352", "c4b81f07a25d4e63 9f10b7ed8c6a352"])(
    "cannot be %j",
    (text) => {
      expect(() => check(text)).toThrow(expect.objectContaining({ status: 422, code: "invalid_api_key" }));
    },
  );
});
