/** A crash at any point of an erasure loses nothing and leaves nothing. */
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { eraseCustomer } from "../../src/conversions/customers/erasure-job.ts";
import { MergeableCustomerObject } from "../../src/customers/mergeable-customer-object.ts";
import { customer, EMAIL, erase, expectNoTrace, ID, programIdOf, readBooks } from "../support/erasure.ts";
import { command } from "../support/payout-story.ts";
import { isDeep } from "../support/random.ts";
import { runMinute } from "../support/run-cron.ts";
import { admin, click, conversionThat, eventually, postEvent, sale, setUp } from "../support/story.ts";

const MINUTE = 60_000;

afterEach(() => {
  vi.restoreAllMocks();
});

/** Bindings whose calls fail from the `limit`-th on, as in a crash; `reached` says whether one did. */
function crashAt(limit: number) {
  let calls = 0;
  const watch = <Target extends object>(target: Target, isCall: (name: string | symbol) => boolean): Target =>
    new Proxy(target, {
      get(object, name) {
        const value: unknown = Reflect.get(object, name, object);
        if (typeof value !== "function") return value;
        return (...given: unknown[]) => {
          if (isCall(name)) {
            calls += 1;
            if (calls >= limit) throw new Error("crash");
          }
          return Reflect.apply(value, object, given);
        };
      },
    });
  const objects = <Target extends object>(target: Target): Target =>
    new Proxy(target, {
      get(namespace, name) {
        const value: unknown = Reflect.get(namespace, name, namespace);
        if (typeof value !== "function") return value;
        return (...given: unknown[]) => {
          const found: unknown = Reflect.apply(value, namespace, given);
          return name === "getByName" ? watch(found as object, (method) => method !== "then") : found;
        };
      },
    });
  const changed = {
    ...env,
    DB: watch(env.DB, (name) => name === "batch" || name === "prepare"),
    CUSTOMERS: objects(env.CUSTOMERS),
    ACCOUNTS: objects(env.ACCOUNTS),
  };
  return { env: changed, reached: () => calls >= limit };
}

test("an erasure that crashes at any of its calls is completed by the minute's cron or the next call", {
  tags: ["deep"],
}, async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  // Each call in the deep suite, and some of them otherwise.
  const every = isDeep ? 1 : 14;
  let step = 1;
  for (let isOver = false; !isOver; step += every) {
    const { program, a, endpoint } = await setUp({ affiliates: 1 });
    const subscription = { id: "sub_1", interval: "month" };
    await postEvent(endpoint, { ...sale({ customer: { email: EMAIL }, payment: null }), type: "lead" });
    const { token } = await click(a.slug);
    const first = await postEvent(endpoint, sale({ customer, payment: "pay_1", click: token, subscription }));
    await conversionThat(first.json.conversion, { attributed_to: a.username, entries: [{ amount: 3_960 }] });
    const books = await readBooks(program);
    const program_id = Number(await programIdOf(program));
    const crash = crashAt(step);
    const erased = eraseCustomer(crash.env, { key: `${program_id}:id:${ID}`, program_id }, Date.now());
    await erased.catch(() => null);
    isOver = !crash.reached();
    // Meanwhile, the subscription is renewed.
    const renewal = sale({ customer, payment: "pay_2", subscription });
    const { json: renewed } = await postEvent(endpoint, renewal, { id: `renewal_${step}` });
    expect(["recorded", "spooled"], `step ${step}`).toContain(renewed.status);
    await runMinute(Date.now() + MINUTE);
    const again = await erase({ program, customer: ID });
    expect([200, 404], `step ${step}: ${JSON.stringify(again.json)}`).toContain(again.status);
    await runMinute(Date.now() + 2 * MINUTE);
    await expectNoTrace(program);
    await eventually(async () => {
      const { conversions, entries } = await readBooks(program);
      expect(conversions.length, `step ${step}`).toBe(3);
      expect(conversions).toEqual(expect.arrayContaining(books.conversions));
      expect(entries, `step ${step}`).toMatchObject([...books.entries, { amount: 3_960 }]);
    });
  }
  expect(step).toBeGreaterThan(20);
});

test("events wait while an erasure is open, and are recorded once it is completed", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const { program, a, endpoint } = await setUp({ affiliates: 1 });
  const subscription = { id: "sub_1", interval: "month" };
  const { token } = await click(a.slug);
  const first = await postEvent(endpoint, sale({ customer, payment: "pay_1", click: token, subscription }));
  vi.spyOn(MergeableCustomerObject.prototype, "sendAnonymous").mockRejectedValueOnce(new Error("crash"));
  const { status, json } = await erase({ program, email: EMAIL });
  expect([status, json.code]).toEqual([503, "erasure_incomplete"]);
  const renewal = await postEvent(endpoint, sale({ customer, payment: "pay_2", subscription }));
  const refund = await postEvent(endpoint, {
    ...sale({ customer, payment: "pay_1", amount: 9_900 }),
    type: "refund",
    refund: "re_1",
  });
  const dispute = await command(`/v1/conversions/${first.json.conversion}/disputes`, {
    affiliate: a.username,
    reason: "?",
  });
  const settlement = await admin("POST", `/v1/conversions/${first.json.conversion}/settlement`, {});
  expect([renewal.json.status, refund.json.status]).toEqual(["spooled", "spooled"]);
  for (const { status, json } of [dispute, settlement]) expect([status, json.code]).toEqual([503, "customer_busy"]);
  await runMinute(Date.now() + MINUTE);
  await runMinute(Date.now() + 2 * MINUTE);
  await conversionThat(first.json.conversion, { status: "refunded", refunded: 9_900, attributed_to: a.username });
  const { json: list } = await admin("GET", `/v1/conversions?program=${program}`);
  expect(list.data).toMatchObject([{ payment: "pay_2", attributed_to: a.username }, { payment: "pay_1" }]);
  await expectNoTrace(program);
  expect((await erase({ program, email: EMAIL })).json.code).toBe("customer_not_found");
});
