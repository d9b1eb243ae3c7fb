/** A plain calculation of a program's year that applies each arrival and sends each account its changes. It shares no code with `src/`. */
import type { ProgramTerms } from "../../src/programs/terms.ts";
import { NaiveAccount, type NaiveTelling } from "./naive-account.ts";
import { type NaiveSale, naiveSales } from "./naive-customer.ts";
import type { YearCustomer, YearEvent, YearStory } from "./year-story.ts";

/** The events received for a customer, and the states sent to the accounts. */
interface Known {
  customer: YearCustomer;
  heard: YearEvent[];
  sales: Map<string, NaiveSale>;
  /** Messages waiting until the customer's object can reach the accounts again. */
  waiting: [affiliate: number, NaiveTelling][];
}

/** The accounts by affiliate. */
export function naiveYear(story: YearStory): NaiveAccount[] {
  const { affiliates, program } = story;
  const accounts: NaiveAccount[] = [];
  for (const _ of affiliates) accounts.push(new NaiveAccount());
  const known: Known[] = [];
  for (const customer of story.customers) known.push({ customer, heard: [], sales: new Map(), waiting: [] });
  let number = 0;

  const tell = (affiliate: number, telling: NaiveTelling) => {
    const sponsor = affiliates[affiliate]?.sponsor ?? null;
    if (!accounts[affiliate]?.take(telling) || sponsor === null) return;
    let approved = false;
    for (const { since, approved: is } of affiliates[sponsor]?.statuses ?? []) {
      if (since <= telling.sale.at) approved = is;
    }
    accounts[sponsor]?.takeOverride(telling, affiliate, approved);
  };

  for (const arrival of story.arrivals) {
    const of = known["event" in arrival ? arrival.event.customer : arrival.reconnected];
    if (of === undefined) throw new Error("the customer does not exist");
    if ("reconnected" in arrival) {
      const { waiting } = of;
      of.waiting = [];
      waiting.sort((a, b) => {
        if (a[1].sale.payment !== b[1].sale.payment) return a[1].sale.payment < b[1].sale.payment ? -1 : 1;
        return b[1].number - a[1].number;
      });
      for (const [affiliate, telling] of waiting) tell(affiliate, telling);
      continue;
    }
    const { event } = arrival;
    if (of.heard.includes(event)) continue;
    of.heard.push(event);
    const { cut_off } = of.customer;
    const is_cut_off = cut_off !== null && arrival.at >= cut_off.from && arrival.at < cut_off.until;
    for (const sale of naiveSales(story, of.customer, of.heard)) {
      const before = of.sales.get(sale.payment);
      if (before !== undefined && isSame(before, sale)) continue;
      of.sales.set(sale.payment, sale);
      number += 1;
      const terms = program.versions[sale.version]?.terms as ProgramTerms;
      const tellings: [number, NaiveTelling][] = [];
      if (before !== undefined && before.affiliate !== null && before.affiliate !== sale.affiliate) {
        tellings.push([before.affiliate, { sale, credited: false, number, terms }]);
      }
      if (sale.affiliate !== null) tellings.push([sale.affiliate, { sale, credited: true, number, terms }]);
      for (const [affiliate, telling] of tellings) {
        if (is_cut_off) of.waiting.push([affiliate, telling]);
        else tell(affiliate, telling);
      }
    }
  }
  return accounts;
}

function isSame(before: NaiveSale, sale: NaiveSale): boolean {
  for (const name of Object.keys(sale) as (keyof NaiveSale)[]) if (before[name] !== sale[name]) return false;
  return true;
}
