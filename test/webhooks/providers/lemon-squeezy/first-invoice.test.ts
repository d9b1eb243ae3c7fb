/** The invoices with the billing reason `initial`. */
import { expect, test } from "vitest";
import { lemonSqueezy } from "../../../../src/webhooks/providers/lemon-squeezy/adapter.ts";
import created from "../../../fixtures/lemonsqueezy/subscription-created.json";
import onTrial from "../../../fixtures/lemonsqueezy/subscription-created-on-trial.json";
import initialPaid from "../../../fixtures/lemonsqueezy/subscription-payment-success-initial.json";
import { requestWith } from "../../adapter.ts";

const read = (event: unknown) => lemonSqueezy.parse(requestWith({ body: JSON.stringify(event) })).events;

/** The first invoice of the subscription with a trial, created at this time. */
function invoiceAt(created_at: string) {
  const attributes = { ...initialPaid.data.attributes, subscription_id: 1131970, created_at };
  return read({ ...initialPaid, data: { ...initialPaid.data, attributes } })[0];
}

const relatedTo = (event: unknown) => read(event).flatMap(({ related = [] }) => related);

test("the first invoice is the sale of a payment that another event must name", () => {
  expect(read(initialPaid)).toMatchObject([
    {
      type: "sale",
      payment: "subscription-1126309-first",
      needs_known: true,
      customer: { id: null, email: null },
      click: null,
      amount: 1_900,
      gross: 2_280,
      subscription: { id: "1126309" },
    },
  ]);
});

test("without a trial, the subscription names it as its order's payment", () => {
  const [alias] = read(created).filter(({ type }) => type === "alias");
  expect(alias).toMatchObject({ payment: "order-5294423", aliases: ["subscription-1126309-first"] });
  expect(relatedTo(created)).toEqual([]);
});

// The trial ends at 2026-01-18T19:20:00Z.
test.each([
  ["at the trial's end", "2026-01-18T19:20:31Z", true],
  ["a little before it", "2026-01-18T19:19:59Z", true],
  ["after midnight", "2026-01-19T00:10:00Z", true],
  ["with the order, such as for its setup", "2026-01-04T19:20:05Z", false],
  ["two days later", "2026-01-20T19:20:00Z", false],
])("with a trial, an invoice %s finds its subscription: %s", (_, created_at, isFound) => {
  const invoice = invoiceAt(created_at);
  const names = relatedTo(onTrial);
  expect(names).toHaveLength(1);
  expect((invoice?.related ?? []).some((name) => names.includes(name))).toBe(isFound);
});

test.each([
  ["during it", { status: "on_trial", updated_at: "2026-01-10T08:00:00Z" }],
  ["at its end", { status: "active", updated_at: "2026-01-25T19:20:10Z", renews_at: "2026-02-25T19:20:00Z" }],
])("an update states the end of a trial that was extended, %s", (_, changes) => {
  const attributes = { ...onTrial.data.attributes, trial_ends_at: "2026-01-25T19:20:00Z", ...changes };
  const meta = { ...onTrial.meta, event_name: "subscription_updated" };
  const names = relatedTo({ ...onTrial, meta, data: { ...onTrial.data, attributes } });
  expect(names).toHaveLength(1);
  expect(invoiceAt("2026-01-25T19:20:31Z")?.related).toEqual(expect.arrayContaining(names));
});

test("an invoice of nothing is ignored", () => {
  const attributes = { ...initialPaid.data.attributes, total: 0, tax: 0 };
  expect(read({ ...initialPaid, data: { ...initialPaid.data, attributes } })).toEqual([]);
});
