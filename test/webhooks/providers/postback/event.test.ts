import { describe, expect, test } from "vitest";
import { postback } from "../../../../src/webhooks/providers/postback/adapter.ts";
import cancellation from "../../../fixtures/postback/cancellation.txt?raw";
import chargeback from "../../../fixtures/postback/chargeback.txt?raw";
import chargebackWon from "../../../fixtures/postback/chargeback-won.txt?raw";
import everflowConversion from "../../../fixtures/postback/everflow-conversion.txt?raw";
import everflowEvent from "../../../fixtures/postback/everflow-event.txt?raw";
import lead from "../../../fixtures/postback/lead.txt?raw";
import pageView from "../../../fixtures/postback/page-view.txt?raw";
import pending from "../../../fixtures/postback/pending.txt?raw";
import refund from "../../../fixtures/postback/refund.txt?raw";
import rejected from "../../../fixtures/postback/rejected.txt?raw";
import renewal from "../../../fixtures/postback/renewal.txt?raw";
import sale from "../../../fixtures/postback/sale.json";
import trial from "../../../fixtures/postback/trial.txt?raw";
import tuneConversion from "../../../fixtures/postback/tune-conversion.txt?raw";
import tuneGoal from "../../../fixtures/postback/tune-goal.txt?raw";
import voluumInstall from "../../../fixtures/postback/voluum-install.txt?raw";
import voluumPurchase from "../../../fixtures/postback/voluum-purchase.txt?raw";
import { requestWith } from "../../adapter.ts";
import { BARE } from "../../bare-event.ts";
import { type PostbackOptions, signPostback } from "./signer.ts";

const ENDPOINT = "ep_n0rthw1nd";
const SECRET = postback.secret.make(new Uint8Array(32).fill(7));
const CLICK = "01JC8XK2M9_aff-maria_q7Tn3vYw5RzLp0Hd";

type Given = string | Record<string, unknown>;

const signed = (fields: Given, options: Partial<PostbackOptions> = {}) =>
  requestWith(
    signPostback(typeof fields === "string" ? fields.trim() : fields, {
      endpoint: ENDPOINT,
      secret: SECRET,
      ...options,
    }),
  );
const parse = (fields: Given) => postback.parse(signed(fields));

const jane = { id: "u_4711", email: "jane.doe@example.com" };

describe("events", () => {
  const recognized: [string, Given, object][] = [
    [
      "our lead",
      lead,
      {
        id: `lead:${CLICK}:u_4711`,
        type: "lead",
        occurred_at: Date.UTC(2026, 10, 2, 9, 15),
        customer: { id: "u_4711", email: "Jane.Doe@example.com" },
        click: CLICK,
      },
    ],
    [
      "our trial",
      trial,
      {
        id: `trial:${CLICK}:u_4711`,
        type: "trial",
        occurred_at: Date.UTC(2026, 10, 2, 9, 20),
        customer: jane,
        click: CLICK,
        product: "pro",
        subscription: { id: "sub_90", interval: "month" },
      },
    ],
    [
      "our sale",
      sale,
      {
        id: "sale:pay_1001",
        type: "sale",
        occurred_at: Date.UTC(2026, 10, 16, 9, 20),
        customer: jane,
        click: CLICK,
        coupon: "MARIA10",
        payment: "pay_1001",
        status_of: "status:pay_1001",
        amount: 4900,
        currency: "USD",
        product: "pro",
        subscription: { id: "sub_90", interval: "month" },
      },
    ],
    [
      "our renewal",
      renewal,
      {
        id: "sale:pay_1002",
        type: "sale",
        occurred_at: Date.UTC(2026, 11, 16, 9, 20),
        customer: { id: "u_4711", email: null },
        payment: "pay_1002",
        amount: 4900,
        currency: "USD",
        product: "pro",
        subscription: { id: "sub_90", interval: "month" },
      },
    ],
    [
      "our refund",
      refund,
      {
        id: "refund:pay_1001:re_1",
        type: "refund",
        occurred_at: Date.UTC(2026, 10, 18, 12),
        payment: "pay_1001",
        refund: "re_1",
        amount: 950,
        currency: "USD",
      },
    ],
    [
      "our chargeback",
      chargeback,
      {
        id: "chargeback:pay_1002:dp_5",
        type: "chargeback",
        occurred_at: Date.UTC(2026, 11, 20, 8),
        payment: "pay_1002",
        refund: "dp_5",
        amount: 4900,
        currency: "USD",
      },
    ],
    [
      "our won chargeback",
      chargebackWon,
      {
        id: "chargeback_won:pay_1002:dp_5",
        type: "chargeback_won",
        occurred_at: Date.UTC(2027, 0, 10, 8),
        payment: "pay_1002",
        refund: "dp_5",
        amount: 4900,
        currency: "USD",
      },
    ],
    [
      "our cancellation",
      cancellation,
      {
        id: `cancellation:sub_90:${Date.UTC(2027, 0, 16, 9, 20)}`,
        type: "cancellation",
        occurred_at: Date.UTC(2027, 0, 16, 9, 20),
        customer: { id: "u_4711", email: null },
        subscription: { id: "sub_90", interval: null },
      },
    ],
    [
      "a sale that was rejected later",
      rejected,
      {
        id: "refund:pay_1001:status:pay_1001",
        type: "refund",
        occurred_at: null,
        payment: "pay_1001",
        refund: "status:pay_1001",
        status_of: "status:pay_1001",
        amount: 4900,
        currency: "USD",
      },
    ],
    [
      "Everflow's conversion",
      everflowConversion,
      {
        id: "sale:ord_88",
        type: "sale",
        occurred_at: null,
        customer: jane,
        click: CLICK,
        coupon: "MARIA10",
        payment: "ord_88",
        amount: 4900,
        currency: "USD",
      },
    ],
    [
      "Everflow's event",
      everflowEvent,
      { id: `lead:${CLICK}:ws_310:goal=54`, type: "lead", occurred_at: null, click: CLICK },
    ],
    [
      "TUNE's conversion",
      tuneConversion,
      {
        id: "sale:ord_88",
        type: "sale",
        occurred_at: null,
        click: CLICK,
        payment: "ord_88",
        amount: 4900,
        currency: "USD",
      },
    ],
    ["TUNE's goal", tuneGoal, { id: `lead:${CLICK}:goal=12`, type: "lead", occurred_at: null, click: CLICK }],
    [
      "Voluum's purchase",
      voluumPurchase,
      {
        id: "sale:pay_1001",
        type: "sale",
        occurred_at: null,
        click: CLICK,
        payment: "pay_1001",
        amount: 4900,
        currency: "USD",
      },
    ],
    ["Voluum's install", voluumInstall, { id: `lead:${CLICK}`, type: "lead", occurred_at: null, click: CLICK }],
  ];
  test.each(recognized)("%s", (_, fields, event) => {
    const reading = parse(fields);
    expect(reading.events).toEqual([{ ...BARE, ...event }]);
    expect(reading.event_id).toBe(reading.events[0]?.id);
  });

  test("keep their sender's type", () => {
    expect(parse(renewal).type).toBe("renewal");
    expect(parse(tuneConversion).type).toBe("sale");
    expect(parse(rejected).type).toBe("refund");
  });

  test.each(["query", "form", "json"] as const)("are the same as %s", (as) => {
    const request = signed(everflowConversion, { as });
    expect(postback.parse(request).events).toEqual(parse(everflowConversion).events);
  });

  test("are the same without the secret, as stored", () => {
    const request = signed(voluumPurchase);
    request.query.set("key", "[secret]");
    expect(postback.parse(request)).toEqual(parse(voluumPurchase));
  });

  const words: [string, string | undefined][] = [
    ["txid=p&amount=1&currency=USD", "sale"],
    ["txid=p&amount=1&currency=USD&event=conversion", "sale"],
    ["txid=p&amount=1&currency=USD&event=Order%20Completed", "sale"],
    ["txid=p&amount=1&currency=USD&event=REBILL", "sale"],
    ["txid=p&amount=1&currency=USD&event=refunded&status=refunded", "refund"],
    ["txid=p&amount=1&currency=USD&event=sale&status=reversed", "refund"],
    ["txid=p&amount=1&currency=USD&event=charge-back", "chargeback"],
    ["txid=p&amount=0.00", "lead"],
    ["click_id=c", "lead"],
    ["click_id=c&event=approved&status=approved", "lead"],
    ["txid=p&amount=1&currency=USD&et=gold_plan", "sale"],
    ["txid=p&amount=1&currency=USD&event=purchase&et=gold_plan", "sale"],
    ["txid=p&amount=1&currency=USD&event_name=Reversed", "refund"],
    ["click_id=c&event_name=Webinar%20Seen", "lead"],
    ["click_id=c&event=sign-up&amount=2.00", "lead"],
    ["click_id=c&event=free_trial&status=1", "trial"],
    ["click_id=c&event=trial&amount=1&currency=USD", "trial"],
    ["customer_id=c&event=canceled", "cancellation"],
  ];
  test.each(words)("%s", (query, type) => {
    expect(parse(query).events[0]?.type).toBe(type);
  });

  const ignored: [string, Given, string, RegExp | null][] = [
    ["a page view", pageView, "page_view", null],
    ["a pending sale", pending, "sale", /pending/],
    ["a refund on hold", "event=refund&txid=p&status=on%20hold", "refund", /pending/],
    ["a declined refund", "event=refund&txid=p&status=declined", "refund", /rejected/],
    ["a trashed lead", "event=lead&click_id=c&status=trash", "lead", /rejected/],
    ["a reversed lead with an id", "event=lead&txid=l&status=reversed", "lead", /rejected/],
    ["a rejected customer", "customer_id=c&status=-1", "lead", /rejected/],
    ["a page view, in Voluum's field", "cid=c&et=page_view&payout=1.00", "page_view", null],
    ["a sale of zero", "event=purchase&txid=p&amount=0.00", "purchase", /zero/],
    ["a refund of zero", "event=refund&txid=p&amount=-0", "refund", /zero/],
  ];
  test.each(ignored)("%s is ignored", (_, fields, type, words) => {
    const reading = parse(fields);
    expect(reading).toMatchObject({ type, event_id: null, events: [] });
    if (words === null) expect(reading.ignored).toBeUndefined();
    else expect(reading.ignored).toMatch(words);
  });

  describe("of a payment without an id", () => {
    const unnamed: [string, string, string][] = [
      ["Voluum's", "cid=c&payout=49.00", "click:c"],
      ["TUNE's", "transaction_id=c&amount=49.00", "click:c"],
      ["TUNE's goal", "transaction_id=c&goal_id=12&amount=49.00", "click:c:12"],
      ["Everflow's", "nid=1&transaction_id=c&amount=49.00", "click:c"],
      ["Everflow's event", "nid=1&transaction_id=c&event_id=54&amount=49.00", "click:c:54"],
      ["one with the merchant's own event name", "cid=c&payout=49.00&et=gold_plan", "click:c:gold_plan"],
      [
        "one with an event name and a goal",
        "nid=1&transaction_id=c&event_name=gold&event_id=54&amount=49.00",
        "click:c:54",
      ],
    ];
    test.each(unnamed)("%s identify it by click and goal", (_, query, payment) => {
      const parseOne = (more: string) => postback.parse(signed(query + more), { currency: "USD" }).events;
      const money = { payment, amount: 4900, currency: "USD" };
      const sold = { ...BARE, ...money, id: `sale:${payment}`, type: "sale", occurred_at: null, click: "c" };
      expect(parseOne("")).toEqual([sold]);
      expect(parseOne("&status=rejected")).toMatchObject([{ ...money, type: "refund", refund: `status:${payment}` }]);
      expect(parseOne("&event=refund")).toMatchObject([{ ...money, type: "refund", refund: null }]);
      expect(parseOne("&event=chargeback")).toMatchObject([{ ...money, type: "chargeback", refund: payment }]);
      expect(parseOne("&event=chargeback_won")).toMatchObject([{ ...money, type: "chargeback_won", refund: payment }]);
    });

    test("keep the id within its limits", () => {
      const [click, goal] = ["x".repeat(300), "y".repeat(200)];
      const query = `cid=${click}&goal_id=${goal}&payout=1.00&currency=USD`;
      const payment = `click:${"x".repeat(150)}:${"y".repeat(43)}`;
      expect(parse(query).events[0]?.payment).toBe(payment);
      expect(parse(`${query}&status=rejected`).events[0]).toMatchObject({
        payment,
        refund: `status:${payment}`.slice(0, 200),
      });
      expect(parse("cid=a%00b&payout=1.00&currency=USD").events[0]).toMatchObject({ payment: "click:ab" });
    });

    test("keep the id of a payment that has one", () => {
      expect(parse("cid=c&txid=p&goal_id=1&payout=1.00&currency=USD").events[0]?.payment).toBe("p");
    });
  });

  const wholly: [string, string][] = [
    ["txid=p&status=rejected", "p"],
    ["txid=p&status=declined&amount=0", "p"],
    ["txid=p&status=refunded&amount=0.00&currency=USD", "p"],
    ["event=sale&order_id=o&status=void", "o"],
    ["cid=c&payout=0.00&status=rejected", "click:c"],
    ["transaction_id=c&goal_id=12&status=-1", "click:c:12"],
  ];
  test.each(wholly)("%s reverses the whole payment", (query, payment) => {
    const refund = `status:${payment}`;
    const stated = { type: "refund", occurred_at: null, payment, refund, status_of: refund };
    const event = { id: `refund:${payment}:${refund}`, ...stated };
    const nothing = { amount: null, gross: null, currency: null };
    expect(parse(query)).toEqual({
      type: expect.any(String),
      event_id: event.id,
      events: [{ ...BARE, ...event, ...nothing }],
    });
  });
});
