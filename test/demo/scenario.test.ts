import { describe, expect, test } from "vitest";
import type { Post, Visit } from "./person.ts";
import { AFFILIATES, LINKS, PROGRAMS } from "./programs.ts";
import { chooseAnchor, planScenario } from "./scenario.ts";
import { countTotals } from "./totals.ts";

const NOW = Date.parse("2026-11-20T10:00:00Z");
const MS_PER_DAY = 86_400_000;

const anchor = chooseAnchor(NOW);
const scenario = planScenario(anchor);
const steps = scenario.people.flatMap((person) => person.steps);
const visits = steps.filter((step): step is Visit => step.do === "visit");
const posts = steps.filter((step): step is Post => step.do === "post");

describe("the programs", () => {
  test("are two, with three affiliates that each have both kinds of link in each program", () => {
    expect(PROGRAMS.map(({ slug, preset }) => [slug, preset])).toEqual([
      ["orbit", "kartra-classic"],
      ["harvest", "carrot"],
    ]);
    expect(AFFILIATES.map(({ username }) => username)).toEqual(["maya", "jonas", "priya"]);
    for (const program of PROGRAMS) {
      for (const affiliate of AFFILIATES) {
        const links = LINKS.filter((link) => link.program === program.slug && link.affiliate === affiliate.username);
        expect(links.map(({ kind, channel }) => [kind, channel])).toEqual([
          ["affiliate", null],
          ["tracking", affiliate.channel],
        ]);
      }
    }
    expect(new Set(LINKS.map(({ slug }) => slug)).size).toBe(LINKS.length);
  });
});

describe("the scenario", () => {
  test("is the same each time it is planned, and only moves with its anchor", () => {
    expect(planScenario(anchor)).toEqual(scenario);
    const later = planScenario(anchor + MS_PER_DAY);
    expect(countTotals(later)).toEqual(countTotals(scenario));
    expect(later.people.map(({ name }) => name)).toEqual(scenario.people.map(({ name }) => name));
    expect(later.people[0]?.steps[0]?.at).toBe((scenario.people[0]?.steps[0]?.at ?? 0) + MS_PER_DAY);
  });

  test("begins after its programs are created and ends before today", () => {
    expect(anchor).toBe(Date.parse("2026-10-23T00:00:00Z"));
    const times = steps.map(({ at }) => at);
    expect(Math.min(...times)).toBeGreaterThan(scenario.begins_at);
    expect(Math.max(...times)).toBeLessThan(Date.parse("2026-11-20T00:00:00Z"));
  });

  test("uses each click id, event id, payment and name once", () => {
    const clickIds = visits.map((visit) => `${visit.at} ${visit.random}`);
    const payments = posts.filter(({ type }) => type === "sale").map(({ fields }) => fields.payment);
    for (const names of [clickIds, posts.map(({ id }) => id), payments, scenario.people.map(({ name }) => name)]) {
      expect(new Set(names).size).toBe(names.length);
    }
    expect(visits.every(({ random }) => /^[0-9a-f]{20}$/.test(random))).toBe(true);
  });

  test("has activity on every link, on every day of the four weeks, and of every kind", () => {
    const days = new Set(visits.map(({ at }) => Math.floor((at - anchor) / MS_PER_DAY)).filter((day) => day >= 0));
    expect(days.size).toBe(28);
    const { links } = countTotals(scenario);
    expect(Object.values(links).every((verdicts) => (verdicts.counted ?? 0) > 20)).toBe(true);
    expect(new Set(visits.map(({ verdict }) => verdict))).toEqual(
      new Set(["counted", "duplicate", "bot", "head", "prefetch"]),
    );
    expect(visits.some(({ query }) => query.includes("sub1="))).toBe(true);
    expect(visits.some(({ headers }) => headers.Referer !== undefined)).toBe(true);
    expect(new Set(posts.map(({ type }) => type))).toEqual(
      new Set(["lead", "trial", "sale", "refund", "chargeback", "chargeback_won", "cancellation"]),
    );
    expect(posts.filter(({ click }) => click === "forged")).toHaveLength(1);
  });

  test("has partial and full refunds, never more than the payment", () => {
    const amounts = new Map(posts.filter(({ type }) => type === "sale").map((post) => [post.fields.payment, post]));
    const shares = posts
      .filter(({ type }) => type === "refund")
      .map(({ fields }) => (fields.amount ?? 0) / (amounts.get(fields.payment)?.fields.amount ?? 0));
    expect(shares.some((share) => share === 1)).toBe(true);
    expect(shares.some((share) => share < 1)).toBe(true);
    expect(shares.every((share) => share > 0 && share <= 1)).toBe(true);
  });

  test("credits every affiliate in every program, and leaves some sales uncredited", () => {
    const { accounts, programs } = countTotals(scenario);
    expect(Object.values(accounts).every(({ sale, earned }) => sale > 5 && earned > 0)).toBe(true);
    for (const { conversions, unattributed } of Object.values(programs)) {
      expect(unattributed).toBeGreaterThan(0);
      expect(unattributed).toBeLessThan(conversions / 5);
    }
  });
});
