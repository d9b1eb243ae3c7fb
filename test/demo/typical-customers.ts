/** Typical customers: they click, try, buy and renew; a few get a refund. */

import { createRandom, type Random } from "../support/seeded-random.ts";
import { on, type Person, type Post, visit } from "./person.ts";
import { AFFILIATES, type DemoLink, type DemoProgram, LINKS } from "./programs.ts";

const SEED = 20_260_918;
const CUSTOMERS = { orbit: 36, harvest: 28 } as const;
/** A later first click would leave no time to buy. */
const LAST_FIRST_CLICK_DAY = 24;
const SCENARIO_DAYS = 28;
const INTERVAL_DAYS = { week: 7, month: 30 } as const;

/** Plans the typical customers of one program. */
export function planTypicalCustomers(program: DemoProgram): Person[] {
  const random = createRandom(SEED + program.slug.length);
  const links = LINKS.filter((link) => link.program === program.slug).flatMap((link) =>
    Array.from({ length: link.visitors_per_day }, () => link),
  );
  return Array.from({ length: CUSTOMERS[program.slug] }, (_, number) =>
    planCustomer(`${program.slug}-customer-${number + 1}`, program, random.pick(links), random),
  );
}

function planCustomer(name: string, program: DemoProgram, link: DemoLink, random: Random): Person {
  const product = random.pick(program.products);
  const firstDay = random.below(LAST_FIRST_CLICK_DAY);
  const clickedAt = on(firstDay, `${6 + random.below(14)}:${random.below(60)}`);
  const affiliate = AFFILIATES.find(({ username }) => username === link.affiliate);
  const referrer = random.pick(affiliate?.referrers ?? [null]);
  const steps: Person["steps"] = [
    visit(random, link.slug, clickedAt, {
      ...(referrer !== null && { headers: { Referer: referrer } }),
      ...(link.channel !== null && { query: `?sub1=${link.channel}-${Math.floor(firstDay / 7) + 1}` }),
    }),
  ];
  const subscription = { id: `sub_${name}`, interval: program.interval };
  const post = (at: number, type: Post["type"], fields: Post["fields"]) => {
    const id = `evt_${name}_${steps.length}`;
    const customer = { id: `cus_${name}`, email: `${name}@example.com` };
    // The shop sends the token only soon after the click, not with renewals.
    const click = steps.length < 4 ? "last" : null;
    const event = { program: program.slug, id, at, type, click, credit: link.affiliate } as const;
    steps.push({ do: "post", ...event, fields: { customer, ...fields } });
  };
  const minutes = (count: number) => count * 60_000;
  if (random.oneIn(2)) post(clickedAt + minutes(4 + random.below(20)), "lead", {});
  if (program.slug === "orbit" && random.oneIn(2)) {
    post(clickedAt + minutes(30 + random.below(60)), "trial", { product: product.name, subscription });
  }
  const paysAfterDays = random.below(5);
  for (let payment = 1, day = firstDay + paysAfterDays; day < SCENARIO_DAYS - 1; payment += 1) {
    const paidAt = on(day, `${21 + random.below(3)}:${random.below(60)}`);
    const paid = { payment: `pay_${name}_${payment}`, amount: product.amount, currency: program.currency };
    post(paidAt, "sale", { ...paid, product: product.name, subscription });
    if (random.oneIn(16)) {
      const amount = random.oneIn(2) ? product.amount : Math.floor(product.amount / 4);
      post(paidAt + minutes(600 + random.below(600)), "refund", { ...paid, amount, refund: `ref_${name}_${payment}` });
    }
    day += INTERVAL_DAYS[program.interval];
  }
  return { name, steps };
}
