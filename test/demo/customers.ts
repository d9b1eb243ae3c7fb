/** The customers who show a rule at work, told by hand. What each is to show stands above them. */
import { findDemoLink, findDemoProgram } from "./cast.ts";
import { type Dice, makeDice } from "./dice.ts";
import { on, type Person, type Post, visit } from "./person.ts";

const SEED = 77;

type Told = Omit<Post, "do" | "program" | "id" | "at">;

const cents = (amount: number, payment: string) => ({ payment: `pay_${payment}`, amount });

/** A sale of so many minor units. `click` goes with it unless the shop had forgotten it. */
function sale(credit: string | null, amount: number, payment: string, click: Post["click"] = "last"): Told {
  return { type: "sale", fields: cents(amount, payment), credit, click };
}

/** A renewal brings no token: the binding of the first payment holds. */
function renewal(credit: string | null, amount: number, payment: string): Told {
  return sale(credit, amount, payment, null);
}

function takenBack(
  type: "refund" | "chargeback" | "chargeback_won",
  amount: number,
  payment: string,
  own: string,
): Told {
  return { type, fields: { ...cents(amount, payment), refund: `ref_${own}` }, credit: null, click: null };
}

const lead = (credit: string | null): Told => ({ type: "lead", fields: {}, credit, click: "last" });

/** Tells a person: visits are link slugs, the rest is what the checkout of the programme posts. */
function tell(dice: Dice, program: string, name: string, ...moments: [at: number, what: string | Told][]): Person {
  const { currency, interval, products } = findDemoProgram(program);
  const steps = moments.map(([at, what], number): Person["steps"][number] => {
    if (typeof what === "string") return visit(dice, findDemoLink(what).slug, at);
    const { amount } = what.fields;
    const product = products.find((candidate) => candidate.amount === amount)?.name;
    const fields = {
      customer: { id: `cus_${name}`, email: `${name}@example.com` },
      ...what.fields,
      ...(amount !== undefined && { currency }),
      ...(what.type !== "lead" && { subscription: { id: `sub_${name}`, interval } }),
      ...(product !== undefined && { product }),
    };
    return { do: "post", program, id: `evt_${name}_${number}`, at, ...what, fields };
  });
  return { name, steps };
}

/** Every customer who is told by hand. Days before 0 are those before the four weeks. */
export function planCustomers(): Person[] {
  const dice = makeDice(SEED);
  const orbit = tell.bind(null, dice, "orbit");
  const harvest = tell.bind(null, dice, "harvest");
  return [
    // Long-standing customers: their first commissions have cleared, and renewals need no new click.
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
    // Part of the third payment goes back, and its commission with it.
    orbit(
      "carla",
      [on(-52, "14:20"), "priya-blog"],
      [on(-51, "15:00"), sale("priya", 19_900, "carla_1")],
      [on(-21, "15:00"), renewal("priya", 19_900, "carla_2")],
      [on(9, "15:00"), renewal("priya", 19_900, "carla_3")],
      [on(12, "11:30"), takenBack("refund", 5_000, "carla_3", "carla_1")],
    ),
    // Two affiliates: the last click before the sale wins.
    orbit(
      "dan",
      [on(2, "20:10"), "priya-blog"],
      [on(2, "20:15"), lead("priya")],
      [on(6, "7:45"), "maya-newsletter"],
      [on(8, "18:02"), sale("maya", 7_900, "dan_1")],
    ),
    // Nobody's click; and the renewal stays nobody's.
    orbit("eva", [on(-4, "11:00"), sale(null, 2_900, "eva_1", null)], [on(26, "11:00"), renewal(null, 2_900, "eva_2")]),
    // A token that somebody has tampered with is no touch.
    orbit("farid", [on(9, "12:00"), "jonas"], [on(9, "12:30"), sale(null, 7_900, "farid_1", "forged")]),
    // All of it goes back.
    orbit(
      "grace",
      [on(1, "16:00"), "jonas"],
      [on(2, "9:20"), sale("jonas", 7_900, "grace_1")],
      [on(12, "9:00"), takenBack("refund", 7_900, "grace_1", "grace_1")],
    ),
    // The click is older than the programme's 30 days.
    orbit("hugo", [on(-36, "13:00"), "jonas-video"], [on(1, "13:00"), sale(null, 2_900, "hugo_1")]),
    // The click came after the sale.
    orbit("ines", [on(11, "10:00"), "maya"], [on(10, "17:00"), sale(null, 2_900, "ines_1")]),
    // A chargeback that the merchant wins.
    orbit(
      "jack",
      [on(3, "21:00"), "priya"],
      [on(4, "8:00"), sale("priya", 19_900, "jack_1")],
      [on(18, "8:00"), takenBack("chargeback", 19_900, "jack_1", "jack_1")],
      [on(25, "8:00"), takenBack("chargeback_won", 19_900, "jack_1", "jack_1")],
    ),
    // Three refunds that come to the whole.
    orbit(
      "kim",
      [on(5, "8:30"), "maya-newsletter"],
      [on(5, "9:00"), sale("maya", 2_900, "kim_1")],
      [on(7, "9:00"), takenBack("refund", 967, "kim_1", "kim_1")],
      [on(8, "9:00"), takenBack("refund", 967, "kim_1", "kim_2")],
      [on(9, "9:00"), takenBack("refund", 966, "kim_1", "kim_3")],
    ),
    // A trial that came to nothing.
    orbit(
      "lea",
      [on(7, "17:00"), "maya-newsletter"],
      [on(7, "17:20"), { type: "trial", fields: {}, credit: "maya", click: "last" }],
      [on(20, "6:00"), { type: "cancellation", fields: {}, credit: null, click: null }],
    ),
    // The shop forgot the click by the time of the sale; the lead had brought it.
    orbit(
      "mina",
      [on(10, "22:00"), "jonas-video"],
      [on(10, "22:10"), lead("jonas")],
      [on(15, "12:00"), sale("jonas", 7_900, "mina_1", null)],
    ),
    // The token of another programme.
    orbit("nils", [on(13, "9:00"), "priya-harvest"], [on(13, "9:30"), sale(null, 2_900, "nils_1")]),
    // A box every week.
    harvest(
      "olga",
      [on(-52, "10:00"), "priya-harvest-blog"],
      ...[-51, -44, -37, -30, -23, -16, -9, -2, 5, 12, 19, 26].map((day, n): [number, Told] =>
        n === 0
          ? [on(day, "5:00"), sale("priya", 3_400, "olga_1")]
          : [on(day, "5:00"), renewal("priya", 3_400, `olga_${n + 1}`)],
      ),
    ),
    // One of the boxes never arrived.
    harvest(
      "pablo",
      [on(-49, "10:00"), "maya-harvest-newsletter"],
      [on(-48, "5:00"), sale("maya", 1_900, "pablo_1")],
      ...[-41, -34, -27, -20, -13, -6, 1, 8, 15, 22].map((day, n): [number, Told] => [
        on(day, "5:00"),
        renewal("maya", 1_900, `pablo_${n + 2}`),
      ]),
      [on(16, "12:00"), takenBack("refund", 1_900, "pablo_10", "pablo_1")],
    ),
    // A click of eleven weeks ago: this programme's cookie never expires.
    harvest("quinn", [on(-65, "18:00"), "jonas-harvest"], [on(14, "18:00"), sale("jonas", 3_400, "quinn_1")]),
    // The first box came without a click: a later click does not change whose customer it is.
    harvest(
      "rosa",
      [on(6, "12:00"), sale(null, 1_900, "rosa_1", null)],
      [on(12, "20:00"), "maya-harvest"],
      [on(13, "12:00"), sale(null, 1_900, "rosa_2")],
    ),
    // Two clicks on one day.
    harvest(
      "sam",
      [on(17, "9:00"), "maya-harvest"],
      [on(17, "12:00"), "priya-harvest"],
      [on(17, "13:00"), sale("priya", 3_400, "sam_1")],
    ),
  ];
}
