import { describe, expect, test } from "vitest";
import { EMAIL_PLACE } from "../../../../src/webhooks/provider.ts";
import { postback } from "../../../../src/webhooks/providers/postback/adapter.ts";
import { parseFault, requestWith } from "../../adapter.ts";
import { signPostback } from "./signer.ts";

const ENDPOINT = "ep_n0rthw1nd";
const SECRET = postback.secret.make(new Uint8Array(32).fill(7));

type Given = string | Record<string, unknown>;

const signed = (fields: Given) => requestWith(signPostback(fields, { endpoint: ENDPOINT, secret: SECRET }));
const parse = (fields: Given) => postback.parse(signed(fields));
const fault = (fields: Given) => parseFault(postback, signed(fields));

describe("fields", () => {
  const amounts: [string, string, number][] = [
    ["19.99", "USD", 1_999],
    ["19.990", "USD", 1_999],
    ["5000", "JPY", 5_000],
    ["5000.00", "jpy", 5_000],
    ["1.234", "KWD", 1_234],
    ["0.07", "EUR", 7],
  ];
  test.each(amounts)("%s %s", (amount, currency, minor) => {
    expect(parse({ txid: "p", amount, currency }).events[0]).toMatchObject({
      amount: minor,
      currency: currency.toUpperCase(),
    });
  });

  test("amounts may be JSON numbers", () => {
    expect(parse({ txid: "p", amount: 19.99, currency: "USD" }).events[0]?.amount).toBe(1_999);
  });

  test("amounts without a currency are in the program's currency, if known", () => {
    const request = signed("txid=p&amount=1.234");
    expect(postback.parse(request, { currency: "KWD" }).events[0]).toMatchObject({ amount: 1_234, currency: "KWD" });
    const stated = signed("txid=p&amount=1.23&currency=EUR");
    expect(postback.parse(stated, { currency: "KWD" }).events[0]).toMatchObject({ amount: 123, currency: "EUR" });
  });

  test.each([
    ["interval=month&interval_count=3", "month", { interval: "month", interval_count: 3 }],
    ["interval=monthly&interval_count=12", "month", { interval: "year" }],
    ["interval=year&interval_count=2", "year", { interval: "year", interval_count: 2 }],
    ["interval=month&interval_count=1", "month", undefined],
    ["interval=month", "month", undefined],
    ["interval_count=3", null, undefined],
    ["interval=fortnight&interval_count=2", null, undefined],
  ])("%s", (fields, interval, plan) => {
    const [event] = parse(`txid=p&amount=1&currency=USD&subscription_id=s&${fields}`).events;
    expect(event?.subscription).toEqual({ id: "s", interval });
    expect(event?.plan).toEqual(plan);
  });

  const faults: [string, Given, string][] = [
    ["a count of zero", "txid=p&amount=1&currency=USD&subscription_id=s&interval_count=0", "interval_count"],
    ["half a count", "txid=p&amount=1&currency=USD&subscription_id=s&interval_count=1.5", "interval_count"],
    ["no payment", "amount=1&currency=USD", "txid"],
    ["no amount", "event=sale&txid=p&currency=USD", "amount"],
    ["a refund without an amount", "event=refund&txid=p&currency=USD", "amount"],
    ["an approved refund without an amount", "event=refund&txid=p&currency=USD&status=refunded", "amount"],
    ["a refund without a payment", "event=refund&amount=1&currency=USD&customer_id=u", "txid"],
    ["a rejected sale without a payment", "event=sale&amount=1&currency=USD&status=rejected", "txid"],
    ["no currency", "txid=p&amount=1", "currency"],
    ["an unknown currency", "txid=p&amount=1&currency=ZZZ", "currency"],
    ["half a cent", "txid=p&amount=1.005&currency=USD", "amount"],
    ["half a yen", "txid=p&amount=1.50&currency=JPY", "amount"],
    ["a comma", "txid=p&amount=1,50&currency=EUR", "amount"],
    ["only a sign", "txid=p&amount=-&currency=EUR", "amount"],
    ["a word", "txid=p&amount=free&currency=EUR", "amount"],
    ["a negative sale", "txid=p&amount=-1&currency=USD", "amount"],
    ["a trial that gives money back", "event=trial&click_id=c&amount=-1.00&currency=USD", "amount"],
    ["an unknown event", "event=sael&txid=p", "event"],
    ["an unknown type of event", "event_type=sael&txid=p", "event"],
    ["two events", "event=sale&et=refund&txid=p&amount=1&currency=USD", "event"],
    ["a long word of a tracker's", `click_id=c&et=${"x".repeat(201)}`, "et"],
    ["an unknown status", "txid=p&amount=1&currency=USD&status=maybe", "status"],
    ["a rejected chargeback", "event=chargeback&txid=p&status=rejected", "status"],
    ["a lead without a customer or click", "event=lead&email=", "click_id"],
    ["a cancellation without a subscription", "event=cancellation", "subscription_id"],
    ["no time", "click_id=c&occurred_at=yesterday", "occurred_at"],
    ["a time without its zone", "click_id=c&occurred_at=2026-01-03T10:00:00", "occurred_at"],
    ["an invalid Unix time", "click_id=c&timestamp=12", "timestamp"],
    ["two times", "click_id=c&occurred_at=2026-01-03T10:00:00Z&timestamp=1767434401", "timestamp"],
    ["an invalid test flag", "click_id=c&test=maybe", "test"],
    ["two names of a field with different values", "click_id=a&transaction_id=b", "click_id"],
    ["a repeated field with different values", "txid=a&txid=b", "txid"],
    ["two amounts", "txid=p&amount=1&payout=2&currency=USD", "amount"],
    ["an object", { click_id: { id: "c" } }, "click_id"],
    ["an id that is too long", `adv_sub=${"x".repeat(201)}&amount=1&currency=USD`, "adv_sub"],
    ["a control character", "click_id=c&customer_id=a%00b", "customer_id"],
  ];
  test.each(faults)("%s", (_, fields, field) => {
    expect(fault(fields)).toEqual({ status: 422, code: `invalid_${field}`, field });
  });

  test("the query and the body are combined", () => {
    const query = { click_id: "a", txid: "p" };
    const both = requestWith({ query, body: "click_id=a&amount=1&currency=USD" });
    expect(postback.parse(both).events[0]).toMatchObject({ type: "sale", click: "a", payment: "p", amount: 100 });
    expect(parseFault(postback, requestWith({ query, body: "click_id=b" })).field).toBe("click_id");
  });

  test("a body is JSON or a form", () => {
    expect(parseFault(postback, requestWith({ body: "{" })).code).toBe("invalid_json");
    expect(parseFault(postback, requestWith({ body: "[1]" })).code).toBe("invalid_body");
    expect(parseFault(postback, requestWith({ body: "--x\r\nContent-Disposition: form-data" })).code).toBe(
      "invalid_body",
    );
  });

  test("spaces around a value are removed", () => {
    const [event] = parse("event=%20Sale%20&txid=%20p&amount=1.00%20&currency=%20usd").events;
    expect(event).toMatchObject({ id: "sale:p", amount: 100, currency: "USD" });
  });

  test("unfilled template placeholders are ignored", () => {
    expect(parse("click_id=c&coupon={coupon}&customer_id=").events[0]).toMatchObject({
      coupon: null,
      customer: { id: null, email: null },
    });
  });

  test("are named in the event's notes", () => {
    const [event] = parse("click_id=c&txid={{order.id}}&order_id=0&product=none&amount=1&currency=USD").events;
    expect(event).toMatchObject({ id: "sale:click:c", product: null });
    expect(event?.notes).toEqual([
      'txid was left out, because "{{order.id}}" is a placeholder that was not replaced.',
      'order_id was left out, because "0" is a placeholder that was not replaced.',
      'product was left out, because "none" is a placeholder that was not replaced.',
    ]);
    expect(parse("click_id=c&txid=A0&amount=0.00").events[0]?.notes).toBeUndefined();
  });

  test("sales with a placeholder as their id are different sales", () => {
    const idOf = (click: string) => parse(`txid=undefined&click_id=${click}&amount=1&currency=USD`).events[0]?.id;
    expect(idOf("c1")).not.toBe(idOf("c2"));
  });

  test("a payment without another id has TUNE's id of the conversion", () => {
    const id = (query: string) => parse(`${query}&click_id=c&amount=1&currency=USD`).events[0]?.id;
    expect(id("conversion_unique_id=1023a4")).toBe("sale:1023a4");
    expect(id("conversion_unique_id=1023a4&adv_sub=A-17")).toBe("sale:A-17");
  });

  const times: [string, number | null][] = [
    ["click_id=c", null],
    ["click_id=c&timestamp=1767434400", Date.UTC(2026, 0, 3, 10)],
    ["click_id=c&timestamp=1767434400123", Date.UTC(2026, 0, 3, 10, 0, 0, 123)],
    [
      "click_id=c&occurred_at=2026-01-03T11:00:00.500%2B01:00&timestamp=1767434400",
      Date.UTC(2026, 0, 3, 10, 0, 0, 500),
    ],
  ];
  test.each(times)("%s has the expected time", (query, time) => {
    expect(parse(query).events[0]?.occurred_at).toBe(time);
  });

  test.each([
    ["1", true],
    ["TRUE", true],
    ["0", false],
    ["no", false],
    ["", false],
  ])("test=%s", (text, isTest) => {
    expect(parse(`click_id=c&test=${text}`).events[0]?.test).toBe(isTest);
  });

  test("an invalid email address is ignored, and the sale is recorded", () => {
    const [event] = parse("txid=p&amount=1&currency=USD&email=jane").events;
    expect(event?.customer).toEqual({ id: null, email: null, is_email_invalid: true });
  });

  test("an id never contains an email address", () => {
    expect(parse({ event: "lead", email: "Jane@Example.com" }).events[0]?.id).toBe(`lead:${EMAIL_PLACE}`);
    expect(parse({ event: "cancellation", email: "jane@example.com" }).events[0]?.id).toBe(
      `cancellation:${EMAIL_PLACE}`,
    );
  });

  test("leads of one click differ by goal, and leads of one goal by click", () => {
    const ids = [
      "transaction_id=a&goal_id=1",
      "transaction_id=a&goal_id=2",
      "transaction_id=b&goal_id=1",
      "cid=a&txid=1",
    ];
    expect(new Set(ids.map((query) => parse(query).event_id)).size).toBe(4);
  });

  test("an order's payments have separate ids", () => {
    const [event] = parse("txid=p2&order_id=o1&amount=1&currency=USD").events;
    expect(event).toMatchObject({ id: "sale:p2", payment: "p2", aliases: [] });
  });

  test("a refund or chargeback without an id is its payment's only one", () => {
    const money = "txid=p&amount=1&currency=USD";
    expect(parse(`refund_id=r&${money}`).events[0]).toMatchObject({ id: "sale:p", refund: null });
    expect(parse(`event=refund&${money}`).events[0]).toMatchObject({ id: "refund:p", refund: null });
    expect(parse(`event=chargeback&${money}`).events[0]).toMatchObject({ id: "chargeback:p", refund: "p" });
    expect(parse(`event=chargeback_won&${money}`).events[0]).toMatchObject({ id: "chargeback_won:p", refund: "p" });
  });

  test("a merchant's own event name distinguishes leads", () => {
    expect(parse("cid=c&et=webinar").event_id).toBe("lead:c:goal=webinar");
    expect(parse("cid=c&et=webinar")).toMatchObject({ type: "lead" });
    expect(parse("transaction_id=c&event_name=webinar&event_id=7").event_id).toBe("lead:c:goal=7");
  });

  test("a customer may cancel twice, and each cancellation is recorded once", () => {
    const leave = (time: string) => parse(`event=cancel&customer_id=u&${time}`).event_id;
    const first = leave("occurred_at=2026-01-03T10:00:00Z");
    expect(first).toBe(`cancellation:u:${Date.UTC(2026, 0, 3, 10)}`);
    expect(leave("timestamp=1767434400")).toBe(first);
    expect(leave("timestamp=1799000000")).toBe("cancellation:u:1799000000000");
    expect(leave("")).toBe("cancellation:u");
  });
});
