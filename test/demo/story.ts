/** The whole story of the demo, from one midnight: pure, so that telling it again tells the same. */
import { PROGRAMS } from "./cast.ts";
import { planCustomers } from "./customers.ts";
import { type Person, postpone } from "./person.ts";
import { planRegulars } from "./regulars.ts";
import { planVisitors } from "./visitors.ts";

const MS_PER_DAY = 86_400_000;
const WEEKS = 4;
/** Before the first click of the first customer. */
const PROLOGUE_DAYS = 70;

/** What happened, by person. The people are independent of each other; what one does keeps its order. */
export interface Story {
  /** When the programmes were set up, ms. */
  begins_at: number;
  people: Person[];
}

/** The story's first midnight for somebody who looks at it now (ms): four whole weeks, ending today at midnight, UTC. */
export function chooseAnchor(now: number): number {
  return (Math.floor(now / MS_PER_DAY) - WEEKS * 7) * MS_PER_DAY;
}

/** The story whose day 0 begins at `anchor`, ms since the epoch. */
export function planStory(anchor: number): Story {
  const people = [...planCustomers(), ...PROGRAMS.flatMap(planRegulars), ...planVisitors()];
  return {
    begins_at: anchor - PROLOGUE_DAYS * MS_PER_DAY,
    people: people.map((person) => postpone(person, anchor)),
  };
}
