/** The ordinary customers: they click, try, buy and stay; a few want their money back. */
import { AFFILIATES, type DemoLink, type DemoProgram, LINKS } from "./cast.ts";
import { makeDice } from "./dice.ts";
import { on, type Person, type Post, visit } from "./person.ts";

const SEED = 20_260_918;
const CUSTOMERS = { orbit: 36, harvest: 28 } as const;
/** A first click later than that would leave no time to buy. */
const LAST_FIRST_CLICK_DAY = 24;
const STORY_DAYS = 28;
const INTERVAL_DAYS = { week: 7, month: 30 } as const;

/** The customers of one programme whose story needs no telling by hand. */
export function planRegulars(program: DemoProgram): Person[] {
  const dice = makeDice(SEED + program.slug.length);
  const links = LINKS.filter((link) => link.program === program.slug).flatMap((link) =>
    Array.from({ length: link.visitors_a_day }, () => link),
  );
  return Array.from({ length: CUSTOMERS[program.slug] }, (_, number) =>
    planRegular(`${program.slug}-customer-${number + 1}`, program, dice.pick(links), dice),
  );
}

function planRegular(name: string, program: DemoProgram, link: DemoLink, dice: ReturnType<typeof makeDice>): Person {
  const product = dice.pick(program.products);
  const firstDay = dice.roll(LAST_FIRST_CLICK_DAY);
  const clickedAt = on(firstDay, `${6 + dice.roll(14)}:${dice.roll(60)}`);
  const affiliate = AFFILIATES.find(({ username }) => username === link.affiliate);
  const referrer = dice.pick(affiliate?.referrers ?? [null]);
  const steps: Person["steps"] = [
    visit(dice, link.slug, clickedAt, {
      ...(referrer !== null && { headers: { Referer: referrer } }),
      ...(link.channel !== null && { query: `?sub1=${link.channel}-${Math.floor(firstDay / 7) + 1}` }),
    }),
  ];
  const subscription = { id: `sub_${name}`, interval: program.interval };
  const post = (at: number, type: Post["type"], fields: Post["fields"]) => {
    const id = `evt_${name}_${steps.length}`;
    const customer = { id: `cus_${name}`, email: `${name}@example.com` };
    // The shop sends the token along as long as it remembers it: with what follows the click, not with renewals.
    const click = steps.length < 4 ? "last" : null;
    const event = { program: program.slug, id, at, type, click, credit: link.affiliate } as const;
    steps.push({ do: "post", ...event, fields: { customer, ...fields } });
  };
  const minutes = (count: number) => count * 60_000;
  if (dice.once(2)) post(clickedAt + minutes(4 + dice.roll(20)), "lead", {});
  if (program.slug === "orbit" && dice.once(2)) {
    post(clickedAt + minutes(30 + dice.roll(60)), "trial", { product: product.name, subscription });
  }
  const paysAfterDays = dice.roll(5);
  for (let payment = 1, day = firstDay + paysAfterDays; day < STORY_DAYS - 1; payment += 1) {
    const paidAt = on(day, `${21 + dice.roll(3)}:${dice.roll(60)}`);
    const paid = { payment: `pay_${name}_${payment}`, amount: product.amount, currency: program.currency };
    post(paidAt, "sale", { ...paid, product: product.name, subscription });
    if (dice.once(16)) {
      const amount = dice.once(2) ? product.amount : Math.floor(product.amount / 4);
      post(paidAt + minutes(600 + dice.roll(600)), "refund", { ...paid, amount, refund: `ref_${name}_${payment}` });
    }
    day += INTERVAL_DAYS[program.interval];
  }
  return { name, steps };
}
