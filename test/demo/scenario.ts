/** Everything that happens in the demo, planned from one midnight. Pure: the same midnight gives the same scenario. */
import { planBeaconCustomers } from "./beacon.ts";
import { type Person, postpone } from "./person.ts";
import { PROGRAMS } from "./programs.ts";
import { planScriptedCustomers } from "./scripted-customers.ts";
import { planTypicalCustomers } from "./typical-customers.ts";
import { planVisitors } from "./visitors.ts";

const MS_PER_DAY = 86_400_000;
const WEEKS = 4;
/** Longer than the time between the first click of any customer and the four weeks. */
const DAYS_BEFORE = 70;

/** All steps by person. People are independent of each other; each one's steps are in order. */
export interface Scenario {
  /** When the programs are created, ms. */
  begins_at: number;
  people: Person[];
}

/** The first midnight of a demo that is seeded now (ms): its four weeks end today at midnight, UTC. */
export function chooseAnchor(now: number): number {
  return (Math.floor(now / MS_PER_DAY) - WEEKS * 7) * MS_PER_DAY;
}

/** Plans the scenario whose day 0 begins at `anchor`, ms since the epoch. */
export function planScenario(anchor: number): Scenario {
  const people = [
    ...planScriptedCustomers(),
    ...PROGRAMS.flatMap(planTypicalCustomers),
    ...planBeaconCustomers(),
    ...planVisitors(),
  ];
  return {
    begins_at: anchor - DAYS_BEFORE * MS_PER_DAY,
    people: people.map((person) => postpone(person, anchor)),
  };
}
