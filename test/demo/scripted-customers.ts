/** Customers written by hand. Each one shows the rule in the comment above them. */

import { createRandom, type Random } from "../support/seeded-random.ts";
import { on, type Person, type Post, visit } from "./person.ts";
import { findDemoLink, findDemoProgram } from "./programs.ts";

const SEED = 77;

/** An event without the fields that {@link plan} fills in. */
type EventPlan = Omit<Post, "do" | "program" | "id" | "at">;

const paymentFields = (amount: number, payment: string) => ({ payment: `pay_${payment}`, amount });

/** A sale. `amount` is in minor units; `click` is null if the shop sends none. */
function sale(credit: string | null, amount: number, payment: string, click: Post["click"] = "last"): EventPlan {
  return { type: "sale", fields: paymentFields(amount, payment), credit, click };
}

/** A renewal has no token: it is credited like the first payment. */
function renewal(credit: string | null, amount: number, payment: string): EventPlan {
  return sale(credit, amount, payment, null);
}

function reversal(
  type: "refund" | "chargeback" | "chargeback_won",
  amount: number,
  payment: string,
  id: string,
): EventPlan {
  return { type, fields: { ...paymentFields(amount, payment), refund: `ref_${id}` }, credit: null, click: null };
}

const lead = (credit: string | null): EventPlan => ({ type: "lead", fields: {}, credit, click: "last" });

/** Plans a person's steps: a string is a visit to that link, anything else an event from the program's checkout. */
function plan(
  random: Random,
  program: string,
  name: string,
  ...moments: [at: number, step: string | EventPlan][]
): Person {
  const { currency, interval, products } = findDemoProgram(program);
  const steps = moments.map(([at, step], number): Person["steps"][number] => {
    if (typeof step === "string") return visit(random, findDemoLink(step).slug, at);
    const { amount } = step.fields;
    const product = products.find((candidate) => candidate.amount === amount)?.name;
    const fields = {
      customer: { id: `cus_${name}`, email: `${name}@example.com` },
      ...step.fields,
      ...(amount !== undefined && { currency }),
      ...(step.type !== "lead" && { subscription: { id: `sub_${name}`, interval } }),
      ...(product !== undefined && { product }),
    };
    return { do: "post", program, id: `evt_${name}_${number}`, at, ...step, fields };
  });
  return { name, steps };
}

/** Plans every scripted customer. Negative days are before the four weeks. */
export function planScriptedCustomers(): Person[] {
  const random = createRandom(SEED);
  const orbit = plan.bind(null, random, "orbit");
  const harvest = plan.bind(null, random, "harvest");
  return [
    // Long-term customers: their first commissions have cleared, and renewals need no new click.
    orbit(
      "anna",
      [on(-57, "9:12"), "maya"],
      [on(-57, "9:40"), { type: "trial", fields: {}, credit: "maya", click: "last" }],
      [on(-50, "8:05"), sale("maya", 7_900, "anna_1")],
      [on(-20, "8:05"), renewal("maya", 7_900, "anna_2")],
      [on(10, "8:05"), renewal("maya", 7_900, "anna_3")],
    ),
    orbit(
      "ben",
      [on(-62, "19:30"), "jonas-video"],
      [on(-61, "10:00"), sale("jonas", 2_900, "ben_1")],
      [on(-31, "10:00"), renewal("jonas", 2_900, "ben_2")],
      [on(-1, "10:00"), renewal("jonas", 2_900, "ben_3")],
    ),
    // Part of the third payment is refunded, and part of its commission reversed.
    orbit(
      "carla",
      [on(-52, "14:20"), "priya-blog"],
      [on(-51, "15:00"), sale("priya", 19_900, "carla_1")],
      [on(-21, "15:00"), renewal("priya", 19_900, "carla_2")],
      [on(9, "15:00"), renewal("priya", 19_900, "carla_3")],
      [on(12, "11:30"), reversal("refund", 5_000, "carla_3", "carla_1")],
    ),
    // Two affiliates: the last click before the sale wins.
    orbit(
      "dan",
      [on(2, "20:10"), "priya-blog"],
      [on(2, "20:15"), lead("priya")],
      [on(6, "7:45"), "maya-newsletter"],
      [on(8, "18:02"), sale("maya", 7_900, "dan_1")],
    ),
    // No click: neither the first payment nor the renewal is credited.
    orbit("eva", [on(-4, "11:00"), sale(null, 2_900, "eva_1", null)], [on(26, "11:00"), renewal(null, 2_900, "eva_2")]),
    // A token with an invalid signature is ignored.
    orbit("farid", [on(9, "12:00"), "jonas"], [on(9, "12:30"), sale(null, 7_900, "farid_1", "forged")]),
    // A full refund.
    orbit(
      "grace",
      [on(1, "16:00"), "jonas"],
      [on(2, "9:20"), sale("jonas", 7_900, "grace_1")],
      [on(12, "9:00"), reversal("refund", 7_900, "grace_1", "grace_1")],
    ),
    // The click is older than the program's 30 days.
    orbit("hugo", [on(-36, "13:00"), "jonas-video"], [on(1, "13:00"), sale(null, 2_900, "hugo_1")]),
    // The click came after the sale.
    orbit("ines", [on(11, "10:00"), "maya"], [on(10, "17:00"), sale(null, 2_900, "ines_1")]),
    // A chargeback that the merchant wins.
    orbit(
      "jack",
      [on(3, "21:00"), "priya"],
      [on(4, "8:00"), sale("priya", 19_900, "jack_1")],
      [on(18, "8:00"), reversal("chargeback", 19_900, "jack_1", "jack_1")],
      [on(25, "8:00"), reversal("chargeback_won", 19_900, "jack_1", "jack_1")],
    ),
    // Three partial refunds that add up to the whole payment.
    orbit(
      "kim",
      [on(5, "8:30"), "maya-newsletter"],
      [on(5, "9:00"), sale("maya", 2_900, "kim_1")],
      [on(7, "9:00"), reversal("refund", 967, "kim_1", "kim_1")],
      [on(8, "9:00"), reversal("refund", 967, "kim_1", "kim_2")],
      [on(9, "9:00"), reversal("refund", 966, "kim_1", "kim_3")],
    ),
    // A trial that was canceled.
    orbit(
      "lea",
      [on(7, "17:00"), "maya-newsletter"],
      [on(7, "17:20"), { type: "trial", fields: {}, credit: "maya", click: "last" }],
      [on(20, "6:00"), { type: "cancellation", fields: {}, credit: null, click: null }],
    ),
    // The sale comes without the click, but the lead before it had it.
    orbit(
      "mina",
      [on(10, "22:00"), "jonas-video"],
      [on(10, "22:10"), lead("jonas")],
      [on(15, "12:00"), sale("jonas", 7_900, "mina_1", null)],
    ),
    // A token of another program is ignored.
    orbit("nils", [on(13, "9:00"), "priya-harvest"], [on(13, "9:30"), sale(null, 2_900, "nils_1")]),
    // A weekly subscription.
    harvest(
      "olga",
      [on(-52, "10:00"), "priya-harvest-blog"],
      ...[-51, -44, -37, -30, -23, -16, -9, -2, 5, 12, 19, 26].map((day, n): [number, EventPlan] =>
        n === 0
          ? [on(day, "5:00"), sale("priya", 3_400, "olga_1")]
          : [on(day, "5:00"), renewal("priya", 3_400, `olga_${n + 1}`)],
      ),
    ),
    // A weekly subscription with one payment refunded.
    harvest(
      "pablo",
      [on(-49, "10:00"), "maya-harvest-newsletter"],
      [on(-48, "5:00"), sale("maya", 1_900, "pablo_1")],
      ...[-41, -34, -27, -20, -13, -6, 1, 8, 15, 22].map((day, n): [number, EventPlan] => [
        on(day, "5:00"),
        renewal("maya", 1_900, `pablo_${n + 2}`),
      ]),
      [on(16, "12:00"), reversal("refund", 1_900, "pablo_10", "pablo_1")],
    ),
    // A click eleven weeks before the sale: in this program a click never expires.
    harvest("quinn", [on(-65, "18:00"), "jonas-harvest"], [on(14, "18:00"), sale("jonas", 3_400, "quinn_1")]),
    // The first payment has no click. A later click does not change the credit of this customer.
    harvest(
      "rosa",
      [on(6, "12:00"), sale(null, 1_900, "rosa_1", null)],
      [on(12, "20:00"), "maya-harvest"],
      [on(13, "12:00"), sale(null, 1_900, "rosa_2")],
    ),
    // Two affiliates on one day: the last click wins.
    harvest(
      "sam",
      [on(17, "9:00"), "maya-harvest"],
      [on(17, "12:00"), "priya-harvest"],
      [on(17, "13:00"), sale("priya", 3_400, "sam_1")],
    ),
  ];
}
