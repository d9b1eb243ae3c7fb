/** The events that the Braintree adapter reads from each notification. */

import { describe, expect, test } from "vitest";
import { codeOfField } from "../../../../src/lib/problem.ts";
import { type ProviderEvent, providerEvent } from "../../../../src/webhooks/provider.ts";
import { braintree } from "../../../../src/webhooks/providers/braintree/adapter.ts";
import check from "../../../fixtures/braintree/check.txt?raw";
import disputeAccepted from "../../../fixtures/braintree/dispute-accepted.txt?raw";
import disputeAutoAccepted from "../../../fixtures/braintree/dispute-auto-accepted.txt?raw";
import disputeDisputed from "../../../fixtures/braintree/dispute-disputed.txt?raw";
import disputeExpired from "../../../fixtures/braintree/dispute-expired.txt?raw";
import disputeLost from "../../../fixtures/braintree/dispute-lost.txt?raw";
import disputeOpened from "../../../fixtures/braintree/dispute-opened.txt?raw";
import retrieval from "../../../fixtures/braintree/dispute-retrieval.txt?raw";
import disputeWon from "../../../fixtures/braintree/dispute-won.txt?raw";
import canceled from "../../../fixtures/braintree/subscription-canceled.txt?raw";
import charged from "../../../fixtures/braintree/subscription-charged.txt?raw";
import chargedForPartner from "../../../fixtures/braintree/subscription-charged-for-partner.txt?raw";
import renewed from "../../../fixtures/braintree/subscription-charged-renewal.txt?raw";
import expired from "../../../fixtures/braintree/subscription-expired.txt?raw";
import pastDue from "../../../fixtures/braintree/subscription-past-due.txt?raw";
import trialEnded from "../../../fixtures/braintree/subscription-trial-ended.txt?raw";
import wentActive from "../../../fixtures/braintree/subscription-went-active.txt?raw";
import disbursed from "../../../fixtures/braintree/transaction-disbursed.txt?raw";
import settled from "../../../fixtures/braintree/transaction-settled.txt?raw";
import settledRefund from "../../../fixtures/braintree/transaction-settled-refund.txt?raw";
import declined from "../../../fixtures/braintree/transaction-settlement-declined.txt?raw";
import { parseFault, requestWith } from "../../adapter.ts";

const CLICK = "AQGaKPIDcIKfiBhW0Qx5lT7sU2kAAAABAAAAKgAAADGm3nYc0vLwzq8rT5bEo1hJx4VdKfNp6ySgBtRZiUQeXw9uLkCj";

const formOf = (bt_signature: string, bt_payload: string) =>
  requestWith({ body: new URLSearchParams({ bt_signature, bt_payload }).toString() });

const unsigned = (xml: string) => formOf("", new TextEncoder().encode(xml).toBase64());

const read = (xml: string) => braintree.parse(unsigned(xml));

const at = (time: string) => Date.parse(time);

describe("notifications", () => {
  const MARA = { id: "481920375", email: "mara.keller@example.com" };
  const chargeback = {
    type: "chargeback",
    occurred_at: at("2026-03-27T04:18:52Z"),
    payment: "5ktq8z1d",
    refund: "fq7x2m9d",
    gross: 2_900,
    currency: "USD",
  } as const;
  const firstSale = {
    id: "subscription_charged_successfully:5ktq8z1d",
    type: "sale",
    occurred_at: at("2026-03-02T10:05:26Z"),
    customer: MARA,
    click: CLICK,
    payment: "5ktq8z1d",
    amount: 2_700,
    gross: 2_900,
    currency: "USD",
    product: "guide_monthly",
    subscription: { id: "7hq2mw", interval: "month" },
  } as const;

  test.each([
    ["a subscription's first payment", charged, "subscription_charged_successfully", firstSale],
    [
      "a partner merchant's notification",
      chargedForPartner,
      "subscription_charged_successfully",
      { ...firstSale, account: "kq5d8s2wz7" },
    ],
    [
      "a renewal, by the newest transaction",
      renewed,
      "subscription_charged_successfully",
      {
        ...firstSale,
        id: "subscription_charged_successfully:8wnx3c4f",
        occurred_at: at("2026-04-02T08:11:40Z"),
        payment: "8wnx3c4f",
      },
    ],
    [
      "a settled bank debit",
      settled,
      "transaction_settled",
      {
        id: "transaction_settled:1c0v9mtr",
        type: "sale",
        occurred_at: at("2026-03-10T14:02:31Z"),
        customer: MARA,
        click: CLICK,
        payment: "1c0v9mtr",
        amount: 10_000,
        gross: 11_850,
        currency: "USD",
      },
    ],
    [
      "a bank debit's refund settled",
      settledRefund,
      "transaction_settled",
      {
        id: "transaction_settled:6p3j8yqh",
        type: "refund",
        occurred_at: at("2026-03-18T09:30:00Z"),
        payment: "1c0v9mtr",
        refund: "6p3j8yqh",
        gross: 5_925,
        currency: "USD",
      },
    ],
    [
      "a returned bank debit",
      declined,
      "transaction_settlement_declined",
      {
        id: "transaction_settlement_declined:1c0v9mtr",
        type: "refund",
        occurred_at: at("2026-03-24T06:42:31Z"),
        payment: "1c0v9mtr",
        refund: "transaction_settlement_declined",
        gross: 11_850,
        currency: "USD",
      },
    ],
    [
      "a disbursed card payment in yen",
      disbursed,
      "transaction_disbursed",
      {
        id: "transaction_disbursed:4r7b2kzn",
        type: "sale",
        occurred_at: at("2026-03-04T22:15:09Z"),
        customer: MARA,
        click: CLICK,
        payment: "4r7b2kzn",
        amount: 4_980,
        gross: 4_980,
        currency: "JPY",
      },
    ],
    [
      "a canceled subscription",
      canceled,
      "subscription_canceled",
      {
        id: "subscription_canceled:7hq2mw",
        type: "cancellation",
        occurred_at: at("2026-05-11T19:27:03Z"),
        subscription: { id: "7hq2mw", interval: null },
      },
    ],
    [
      "an ended subscription",
      expired,
      "subscription_expired",
      {
        id: "subscription_expired:2vd9rk",
        type: "cancellation",
        occurred_at: at("2027-03-02T07:30:55Z"),
        subscription: { id: "2vd9rk", interval: null },
      },
    ],
    ["an opened dispute", disputeOpened, "dispute_opened", { ...chargeback, id: "dispute_opened:fq7x2m9d" }],
    ["a lost dispute", disputeLost, "dispute_lost", { ...chargeback, id: "dispute_lost:fq7x2m9d" }],
    ["an accepted dispute", disputeAccepted, "dispute_accepted", { ...chargeback, id: "dispute_accepted:fq7x2m9d" }],
    [
      "a dispute accepted automatically",
      disputeAutoAccepted,
      "dispute_auto_accepted",
      { ...chargeback, id: "dispute_auto_accepted:fq7x2m9d" },
    ],
    ["an unanswered dispute", disputeExpired, "dispute_expired", { ...chargeback, id: "dispute_expired:fq7x2m9d" }],
    [
      "a won dispute",
      disputeWon,
      "dispute_won",
      {
        id: "dispute_won:fq7x2m9d",
        type: "chargeback_won",
        occurred_at: at("2026-05-14T03:55:48Z"),
        payment: "5ktq8z1d",
        refund: "fq7x2m9d",
      },
    ],
  ] satisfies [string, string, string, Parameters<typeof providerEvent>[0]][])("%s", (_, xml, type, event) => {
    expect(read(xml)).toEqual({ type, event_id: null, events: [providerEvent(event)] });
  });

  test("of two kinds for one payment give the same event", () => {
    const asSettled = read(settled).events[0] as ProviderEvent;
    const asDisbursed = read(settled.replace("transaction_settled", "transaction_disbursed")).events[0];
    expect(asDisbursed).toEqual({ ...asSettled, id: "transaction_disbursed:1c0v9mtr" });
  });

  test.each([
    ["a URL check", check, "tested the URL"],
    ["an activated subscription", wentActive, "subscription_charged_successfully"],
    ["a trial's end", trialEnded, "trial"],
    ["a retrieval", retrieval, "retrieval"],
    ["an answered dispute", disputeDisputed, undefined],
    ["a past-due subscription", pastDue, undefined],
    ["a charge of zero", trialEnded.replace("trial_ended", "charged_successfully"), "charged nothing"],
    ["a payment of zero", settled.replace("<amount>118.50<", "<amount>0.00<"), "Nothing was paid"],
    ["tax alone", settled.replace("<amount>118.50<", "<amount>18.50<"), "Only tax"],
    ["a declined payment", settled.replace("<status>settled<", "<status>processor_declined<"), "processor_declined"],
    [
      "a credit that is not a refund",
      settledRefund.replace(
        "<refunded-transaction-id>1c0v9mtr</refunded-transaction-id>",
        '<refunded-transaction-id nil="true"/>',
      ),
      "not a refund",
    ],
    ["a returned credit", declined.replace("<type>sale<", "<type>credit<"), "not a refund"],
    ["a dispute of zero", disputeOpened.replace("<amount-disputed>29.00<", "<amount-disputed>0.00<"), "zero"],
  ])("are ignored: %s", (_, xml, words) => {
    const reading = read(xml);
    expect(reading.events).toEqual([]);
    if (words === undefined) expect(reading).not.toHaveProperty("ignored");
    else expect(reading.ignored).toContain(words);
  });
});

describe("fields with alternatives", () => {
  const saleIn = (xml: string) => read(xml).events[0];

  test("no click without a custom field or a website that has one", () => {
    expect(saleIn(charged.replace(/<website>.*<\/website>/, '<website nil="true"/>'))?.click).toBeNull();
    expect(saleIn(charged.replace(/<website>.*<\/website>/, "<website>shop.example.com</website>"))?.click).toBeNull();
  });

  test("the custom field takes precedence over the website", () => {
    const both = charged.replace(
      "<custom-fields/>",
      "<custom-fields><lc_click>the-later-one</lc_click></custom-fields>",
    );
    expect(saleIn(both)?.click).toBe("the-later-one");
  });

  test("a card's stable identifier, otherwise the PayPal account; a bank debit has neither", () => {
    const paidWith = (instrument: string) => saleIn(settled.replace("<status-history", `${instrument}<status-history`));
    const paypal = (email: string) =>
      `<paypal><payer-email>${email}</payer-email><payer-id>QYR5Z8XDVJNXQ</payer-id></paypal>`;
    const noCard = '<credit-card><unique-number-identifier nil="true"/><token>x</token></credit-card>';
    const card =
      "<credit-card><token>x</token><last-4>1111</last-4><unique-number-identifier>b3f0c9d27a5e4d1c</unique-number-identifier></credit-card>";
    expect(paidWith(card)?.payer).toBe("b3f0c9d27a5e4d1c");
    expect(paidWith(card + paypal("mara@pay.example"))?.payer).toBe("b3f0c9d27a5e4d1c");
    expect(paidWith("")).not.toHaveProperty("payer");
    expect(paidWith("<credit-card/>")).not.toHaveProperty("payer");
    expect(paidWith(noCard)).not.toHaveProperty("payer");
    expect(paidWith(paypal("mara@pay.example"))?.payer).toBe("mara@pay.example");
    expect(paidWith(noCard + paypal(""))?.payer).toBe("QYR5Z8XDVJNXQ");
    expect(paidWith(paypal(`${"m".repeat(200)}@pay.example`))?.payer).toBe("QYR5Z8XDVJNXQ");
  });

  test("a buyer who is not stored as a customer", () => {
    const guest = charged
      .replace("<id>481920375</id>", '<id nil="true"/>')
      .replace("<email>mara.keller@example.com</email>", "<email></email>");
    expect(saleIn(guest)?.customer).toEqual({ id: null, email: null });
  });

  test("amounts in currencies with zero, two and three decimals", () => {
    const amountsIn = (amount: string, currency: string) => {
      const sale = saleIn(disbursed.replace("<amount>4980<", `<amount>${amount}<`).replace(">JPY<", `>${currency}<`));
      return [sale?.amount, sale?.gross, sale?.currency];
    };
    expect(amountsIn("4980.00", "JPY")).toEqual([4_980, 4_980, "JPY"]);
    expect(amountsIn("19.99", "EUR")).toEqual([1_999, 1_999, "EUR"]);
    expect(amountsIn("1.234", "KWD")).toEqual([1_234, 1_234, "KWD"]);
  });

  test.each([
    ["2026-03-02", "2027-03-01", "year", undefined],
    ["2026-02-02", "2026-03-01", "month", undefined],
    ["2026-03-02", "2026-06-01", null, { interval: "month", interval_count: 3 }],
    ["2026-03-02", "2028-03-01", null, { interval: "year", interval_count: 2 }],
    ["2026-03-02", "2026-03-20", null, undefined],
  ])("a period from %s to %s: %s", (from, to, interval, plan) => {
    // The second pair of dates is the transaction's own.
    const xml = charged
      .replaceAll("2026-04-01</billing", `${to}</billing`)
      .replaceAll("2026-03-02</billing", `${from}</billing`);
    expect(saleIn(xml)?.subscription).toEqual({ id: "7hq2mw", interval });
    expect(saleIn(xml)?.plan).toEqual(plan);
  });

  test("a missing period", () => {
    const xml = charged.replaceAll(
      /<billing-period-end-date type="date">[^<]*</g,
      '<billing-period-end-date nil="true"><',
    );
    expect(saleIn(xml)?.subscription).toEqual({ id: "7hq2mw", interval: null });
  });

  test("an older dispute without times, dated by its day", () => {
    const dated = disputeOpened.replace('<created-at type="datetime">2026-03-27T04:18:52Z', '<created-at nil="true">');
    expect(saleIn(dated)?.occurred_at).toBe(at("2026-03-26T00:00:00Z"));
    const older = dated.replace(/<date-opened.*<\/date-opened>/, '<date-opened nil="true"/>');
    expect(saleIn(older)?.occurred_at).toBe(at("2026-03-26T00:00:00Z"));
    const oldest = older.replace(/<received-date.*<\/received-date>/, "");
    expect(saleIn(oldest)?.occurred_at).toBe(at("2026-03-27T04:19:01Z"));
  });
});

describe("malformed notifications", () => {
  test.each([
    ["kind", charged.replace(/<kind>.*<\/kind>/, "")],
    ["subject.subscription", charged.replaceAll("subscription>", "membership>")],
    ["subject.subscription.transactions", charged.replace('<transactions type="array">', "<transactions>")],
    [
      "subject.subscription.transactions.0.currency_iso_code",
      charged.replace("<currency-iso-code>USD<", "<currency-iso-code>XYZ<"),
    ],
    ["subject.subscription.transactions.0.amount", charged.replace("<amount>29.00<", "<amount>29.0.5<")],
    ["subject.subscription.transactions.0.tax_amount", charged.replace("<tax-amount>2.00<", "<tax-amount>two<")],
    ["subject.transaction.amount", settled.replace("<amount>118.50<", "<amount>-118.50<")],
    ["subject.transaction.amount", settled.replace("<amount>118.50<", "<amount>18.00<")],
    ["subject.transaction.id", settled.replace("<id>1c0v9mtr</id>", '<id nil="true"/>')],
    ["subject.transaction.shipping_amount", settled.replace("<shipping-amount>10.00<", "<shipping-amount>10,00<")],
    ["subject.subscription.id", canceled.replace("<id>7hq2mw</id>", "<id></id>")],
    ["subject.dispute.transaction", disputeOpened.replaceAll("transaction>", "payment>")],
    [
      "subject.dispute.amount_disputed",
      disputeOpened.replace("<amount>29.00</amount>", "").replace("<amount-disputed>29.00</amount-disputed>", ""),
    ],
  ])("%s", (field, xml) => {
    const code = codeOfField(field);
    expect(parseFault(braintree, unsigned(xml))).toEqual({ status: 422, code, field });
  });

  test("invalid XML, or text after the XML", () => {
    const bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><notification><kind>&a;</kind></notification>';
    const deep = "<a>".repeat(100_000) + "</a>".repeat(100_000);
    for (const xml of ["kind=check", "<notification>", bomb, deep]) {
      expect(parseFault(braintree, unsigned(xml)).code).toBe("invalid_xml");
    }
    expect(parseFault(braintree, formOf("", "PG5v")).code).toBe("invalid_xml");
    for (const payload of ["PG5vd", "/w=="]) {
      expect(parseFault(braintree, formOf("", payload)).code).toBe("invalid_payload");
    }
  });
});
