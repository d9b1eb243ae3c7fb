/** The demo's third program, which shows what a merchant's console looks like with 25 affiliates. */
import { createRandom } from "../support/seeded-random.ts";
import { on, type Person, visit } from "./person.ts";

const SEED = 3_141;
const SCENARIO_DAYS = 28;
const RENEWAL_DAYS = 30;
const MINUTE = 60_000;

/** The program, in the API's format but for its hosts. Its terms pay what was sold two months ago, if it is enough. */
export const BEACON = {
  slug: "beacon",
  name: "Beacon",
  currency: "USD",
  preset: "kartra-classic",
  terms: {
    hold_days: 14,
    dispute_days: 60,
    payout: {
      ...{ basis: "cleared", lag_months: 1, first_day: 15, last_day: 20 },
      ...{ methods: ["paypal"], minimum: 2_500, gates: ["payment_details"] },
    },
  },
} as const;

const PRODUCTS = [
  { name: "solo", amount: 1_900 },
  { name: "team", amount: 4_900 },
  { name: "company", amount: 14_900 },
] as const;

/** An affiliate of the program only. */
export interface BeaconAffiliate {
  username: string;
  name: string;
  status: "approved" | "pending" | "suspended";
  has_paypal: boolean;
}

const NAMES = [
  ...["Amara Diallo", "Ben Hartmann", "Camille Laurent", "Diego Fuentes", "Elif Aydin", "Finn O'Sullivan"],
  ...["Greta Lindqvist", "Hiro Tanaka", "Isabel Moreau", "Jamal Carter", "Katarzyna Nowak", "Liam Gallagher"],
  ...["Mei-Ling Chen", "Noor van Dijk", "Oluwaseun Adeyemi", "Paula Ribeiro", "Quentin Dubois", "Rania Haddad"],
  ...["Søren Kjær", "Tessa Brandt", "Umar Farooq", "Valentina Rossi"],
];
/** These applied lately. */
const PENDING = ["umar", "valentina", "tessa", "rania"];
const SUSPENDED = "quentin";
const WITHOUT_PAYPAL = ["diego", "mei-ling", "paula"];

/** The affiliates, by their first names. */
export const BEACON_AFFILIATES: readonly BeaconAffiliate[] = NAMES.map((name) => {
  const [first = ""] = name.toLowerCase().replaceAll("ø", "o").split(" ");
  const status = PENDING.includes(first) ? "pending" : first === SUSPENDED ? "suspended" : "approved";
  return { username: first, name, status, has_paypal: !WITHOUT_PAYPAL.includes(first) && status !== "pending" };
});

/** The payment that two affiliates claim, and the one who gets it. */
export const DISPUTED = {
  payment: "pay_beacon-disputed_1",
  first: "amara",
  affiliate: "jamal",
  reason: "The customer came from Jamal's webinar and says so in an email.",
} as const;

/** The slug of an affiliate's link. */
export function beaconLinkOf({ username }: Pick<BeaconAffiliate, "username">): string {
  return `beacon-${username}`;
}

/** Customers who subscribe by the affiliates' links, some of them before the four weeks, so that a run has something to pay. */
export function planBeaconCustomers(): Person[] {
  const random = createRandom(SEED);
  const active = BEACON_AFFILIATES.filter(({ status }) => status !== "pending");
  const people = active.flatMap(({ username }, place) =>
    Array.from({ length: 1 + ((place * 7) % 4) }, (_, number) => {
      const firstDay = number % 2 === 0 ? -64 + random.below(40) : random.below(SCENARIO_DAYS - 3);
      return planCustomer(`beacon-${username}-${number + 1}`, username, firstDay, random);
    }),
  );
  return [...people, planCustomer("beacon-disputed", DISPUTED.first, 18, random)];
}

function planCustomer(
  name: string,
  affiliate: string,
  firstDay: number,
  random: ReturnType<typeof createRandom>,
): Person {
  const product = random.pick(PRODUCTS);
  const clickedAt = on(firstDay, `${6 + random.below(14)}:${random.below(60)}`);
  const steps: Person["steps"] = [visit(random, beaconLinkOf({ username: affiliate }), clickedAt)];
  for (let payment = 1, day = firstDay; day < SCENARIO_DAYS - 1; payment += 1, day += RENEWAL_DAYS) {
    steps.push({
      ...{ do: "post", program: BEACON.slug, id: `evt_${name}_${payment}`, type: "sale", credit: affiliate },
      at: clickedAt + (day - firstDay) * 1_440 * MINUTE + 25 * MINUTE,
      click: payment === 1 ? "last" : null,
      fields: {
        ...{ customer: { id: `cus_${name}`, email: `${name}@example.com` }, payment: `pay_${name}_${payment}` },
        ...{ amount: product.amount, currency: BEACON.currency, product: product.name },
        subscription: { id: `sub_${name}`, interval: "month" },
      },
    });
  }
  return { name, steps };
}
