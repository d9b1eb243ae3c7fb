/** The PayPal adapter's click, amounts and malformed fields. */

import { describe, expect, test } from "vitest";
import { codeOfField } from "../../../../src/lib/problem.ts";
import { paypal } from "../../../../src/webhooks/providers/paypal/adapter.ts";
import captureCompleted from "../../../fixtures/paypal/capture-completed.json";
import captureInSandbox from "../../../fixtures/paypal/capture-completed-sandbox.json";
import captureRefunded from "../../../fixtures/paypal/capture-refunded.json";
import captureReversed from "../../../fixtures/paypal/capture-reversed.json";
import disputeCreated from "../../../fixtures/paypal/dispute-created.json";
import disputeOfTwo from "../../../fixtures/paypal/dispute-created-two-payments.json";
import disputeWon from "../../../fixtures/paypal/dispute-resolved-won.json";
import orderApproved from "../../../fixtures/paypal/order-approved.json";
import saleCompleted from "../../../fixtures/paypal/sale-completed.json";
import saleRefunded from "../../../fixtures/paypal/sale-refunded.json";
import saleReversed from "../../../fixtures/paypal/sale-reversed.json";
import activated from "../../../fixtures/paypal/subscription-activated.json";
import cancelled from "../../../fixtures/paypal/subscription-cancelled.json";
import { parseFault, requestWith } from "../../adapter.ts";

const CLICK = "AQGaKPIDcIKfiBhW0Qx5lT7sU2kAAAABAAAAKgAAADGm3nYc0vLwzq8rT5bEo1hJx4VdKfNp6ySgBtRZiUQeXw9uLkCj";

const CAPTURE = "2GK71830UV5529640";

const read = (fixture: object, headers: Record<string, string> = {}) =>
  paypal.parse(requestWith({ headers, body: JSON.stringify(fixture) }));

/** A fixture with changes to its resource. */
const withResource = (fixture: { resource: object }, changed: object) => ({
  ...fixture,
  resource: { ...fixture.resource, ...changed },
});

const at = (time: string) => Date.parse(time);

describe("the click", () => {
  const clickIn = (custom_id: unknown) => read(withResource(captureCompleted, { custom_id })).events[0]?.click;

  test.each([
    ["only the token", CLICK, CLICK],
    ["a query string", `order=7&lc_click=${CLICK}`, CLICK],
    ["JSON", JSON.stringify({ order: 7, lc_click: CLICK }), CLICK],
    ["a list of pairs", JSON.stringify([{ name: "lc_click", value: CLICK }]), CLICK],
    ["an order number", "1042", null],
    ["an order's uuid", "29b0b044-fbfe-4325-952e-20000d4a6caf", null],
    ["words", "for Mara, with love", null],
    ["no bag", "null", null],
    ["nothing", "", null],
    ["no field", undefined, null],
  ])("is read from custom_id with %s", (_, custom_id, click) => {
    expect(clickIn(custom_id)).toBe(click);
  });

  test("is read from either field of a subscription's payment", () => {
    const { custom, ...resource } = saleCompleted.resource;
    expect(read({ ...saleCompleted, resource: { ...resource, custom_id: custom } }).events[0]?.click).toBe(CLICK);
  });
});

describe("the payment method", () => {
  const { payer } = orderApproved.resource;
  const payerIn = (changes: object) =>
    read(withResource(orderApproved, { payer: { ...payer, ...changes } })).events.map((event) => event.payer);

  test.each([
    ["the account", {}, payer.payer_id],
    ["the address, without an account", { payer_id: null }, payer.email_address],
  ])("is %s", (_, changes, expected) => {
    expect(payerIn(changes)).toEqual([expected]);
  });

  test("is the subscriber's account, and missing in a payment", () => {
    expect(read(activated).events[0]?.payer).toBe(activated.resource.subscriber.payer_id);
    expect(read(captureCompleted).events[0]).not.toHaveProperty("payer");
  });
});

describe("amounts", () => {
  const amountsIn = (fixture: object) => {
    const [event] = read(fixture).events;
    return [event?.amount, event?.gross, event?.currency];
  };
  const captureOf = (value: unknown, currency_code: string, custom_id = CLICK) =>
    withResource(captureCompleted, { amount: { value, currency_code }, custom_id });

  test("are in ISO minor units, for any number of digits from PayPal", () => {
    expect(amountsIn(captureOf("19.99", "USD"))).toEqual([1_999, 1_999, "USD"]);
    expect(amountsIn(captureOf("4980", "JPY"))).toEqual([4_980, 4_980, "JPY"]);
    expect(amountsIn(captureOf("2490", "HUF"))).toEqual([249_000, 249_000, "HUF"]);
    expect(amountsIn(captureOf("1.234", "KWD"))).toEqual([1_234, 1_234, "KWD"]);
    expect(amountsIn(captureOf(19.99, "usd"))).toEqual([1_999, 1_999, "USD"]);
    expect(amountsIn(captureOf("9007199254740.99", "USD"))).toEqual([900_719_925_474_099, 900_719_925_474_099, "USD"]);
  });

  test("of one of several captures never exceed it, for any item total of the order", () => {
    expect(amountsIn(captureOf("5.00", "EUR", "lc_amount=49.58"))).toEqual([500, 500, "EUR"]);
    expect(amountsIn(captureOf("59.00", "EUR", "lc_amount=49.58"))).toEqual([4_958, 5_900, "EUR"]);
  });

  test("of a subscription's payment are its subtotal, at most the amount paid", () => {
    const saleOf = (amount: object) => withResource(saleCompleted, { amount: { currency: "EUR", ...amount } });
    expect(amountsIn(saleOf({ total: "23.80" }))).toEqual([2_380, 2_380, "EUR"]);
    expect(amountsIn(saleOf({ total: "23.80", details: { subtotal: "20.00" } }))).toEqual([2_000, 2_380, "EUR"]);
    expect(amountsIn(saleOf({ total: "18.00", details: { subtotal: "20.00" } }))).toEqual([1_800, 1_800, "EUR"]);
  });

  test.each([
    ["in an unknown currency", captureOf("1.00", "XYZ"), "resource.amount.currency_code"],
    ["with a comma", captureOf("1,00", "USD"), "resource.amount.value"],
    ["below nothing", captureOf("-1.00", "USD"), "resource.amount.value"],
    ["beyond exactness", captureOf("99999999999999999999", "USD"), "resource.amount.value"],
    ["the merchant's that is none", captureOf("5.00", "EUR", "lc_amount=five"), "resource.custom_id.lc_amount"],
    [
      "with an invalid subtotal",
      withResource(saleCompleted, { amount: { currency: "EUR", total: "1.00", details: { subtotal: "x" } } }),
      "resource.amount.details.subtotal",
    ],
    [
      "a refund's that is none",
      withResource(captureRefunded, { amount: { currency_code: "EUR", value: "" } }),
      "resource.amount.value",
    ],
    [
      "a reversed sale's that is none",
      withResource(saleReversed, { amount: { currency: "EUR", total: "-" } }),
      "resource.amount.total",
    ],
    [
      "a dispute's that is none",
      withResource(disputeCreated, { dispute_amount: { currency_code: "EUR", value: "all" } }),
      "resource.dispute_amount.value",
    ],
  ])("%s are refused", (_, fixture, field) => {
    const code = codeOfField(field);
    expect(parseFault(paypal, requestWith({ body: JSON.stringify(fixture) }))).toEqual({ status: 422, code, field });
  });
});

describe("malformed events", () => {
  const [first] = disputeOfTwo.resource.disputed_transactions;
  test.each([
    ["id", { ...captureCompleted, id: "" }],
    ["event_type", { id: "WH-1" }],
    ["resource", { ...captureCompleted, resource: undefined }],
    ["resource.id", withResource(captureCompleted, { id: undefined })],
    ["resource.amount", withResource(captureCompleted, { amount: undefined })],
    ["resource.amount.total", withResource(saleCompleted, { amount: { currency: "EUR" } })],
    ["resource.links", withResource(captureRefunded, { links: [] })],
    ["resource.purchase_units", withResource(orderApproved, { purchase_units: undefined })],
    ["resource.id", withResource(cancelled, { id: undefined })],
    ["resource.dispute_id", withResource(disputeCreated, { dispute_id: undefined })],
    ["resource.disputed_transactions", withResource(disputeCreated, { disputed_transactions: [] })],
    ["resource.dispute_outcome", withResource(disputeWon, { dispute_outcome: undefined })],
    [
      "resource.dispute_outcome.outcome_code",
      withResource(disputeWon, { dispute_outcome: { outcome_code: "RESOLVED_BY_LOT" } }),
    ],
    [
      "resource.disputed_transactions.1.gross_amount",
      withResource(disputeOfTwo, {
        disputed_transactions: [first, { seller_transaction_id: "5FA26108TL693352W" }],
      }),
    ],
  ])("%s", (field, fixture) => {
    const code = codeOfField(field);
    expect(parseFault(paypal, requestWith({ body: JSON.stringify(fixture) }))).toEqual({ status: 422, code, field });
  });

  test("invalid JSON", () => {
    expect(parseFault(paypal, requestWith({ body: "id=1" })).code).toBe("invalid_json");
  });
});

describe("fields with alternatives", () => {
  test("the sandbox is detected by the certificate's host or the event's links", () => {
    const sandbox = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1";
    const live = "https://api.paypal.com/v1/notifications/certs/CERT-1";
    expect(read(captureCompleted, { "paypal-cert-url": sandbox }).events[0]?.test).toBe(true);
    expect(read(captureCompleted, { "paypal-cert-url": live }).events[0]?.test).toBe(false);
    expect(read(captureInSandbox, { "paypal-cert-url": live }).events[0]?.test).toBe(true);
  });

  test("a reversed capture can be the capture itself", () => {
    const links = [{ rel: "self", href: `https://api.paypal.com/v2/payments/captures/${CAPTURE}` }];
    const itself = read(withResource(captureReversed, { id: CAPTURE, links }));
    expect(itself.events).toMatchObject([{ type: "chargeback", payment: CAPTURE, refund: CAPTURE }]);
  });

  test("a refunded sale can be named by a link only", () => {
    const { sale_id: _, ...resource } = saleRefunded.resource;
    expect(read({ ...saleRefunded, resource }).events[0]?.payment).toBe("5FA26108TL693352W");
  });

  test("the end of an earlier billing agreement is dated by its event", () => {
    const { status_update_time: _, ...resource } = cancelled.resource;
    expect(read({ ...cancelled, resource }).events[0]?.occurred_at).toBe(at("2026-05-11T19:27:08.118Z"));
    const undated = { ...cancelled, resource, create_time: "2018-19-12T22:20:32.000Z" };
    expect(read(undated).events[0]?.occurred_at).toBeNull();
  });
});
