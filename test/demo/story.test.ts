import { describe, expect, test } from "vitest";
import { AFFILIATES, LINKS, PROGRAMS } from "./cast.ts";
import { countStory } from "./figures.ts";
import type { Post, Visit } from "./person.ts";
import { chooseAnchor, planStory } from "./story.ts";

const NOW = Date.parse("2026-11-20T10:00:00Z");
const MS_PER_DAY = 86_400_000;

const anchor = chooseAnchor(NOW);
const story = planStory(anchor);
const steps = story.people.flatMap((person) => person.steps);
const visits = steps.filter((step): step is Visit => step.do === "visit");
const posts = steps.filter((step): step is Post => step.do === "post");

describe("the cast", () => {
  test("is two programmes and three affiliates, each with both kinds of link in each programme", () => {
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

describe("the story", () => {
  test("is the same each time it is told, and only moves with its anchor", () => {
    expect(planStory(anchor)).toEqual(story);
    const later = planStory(anchor + MS_PER_DAY);
    expect(countStory(later)).toEqual(countStory(story));
    expect(later.people.map(({ name }) => name)).toEqual(story.people.map(({ name }) => name));
    expect(later.people[0]?.steps[0]?.at).toBe((story.people[0]?.steps[0]?.at ?? 0) + MS_PER_DAY);
  });

  test("begins with its programmes and ends before today", () => {
    expect(anchor).toBe(Date.parse("2026-10-23T00:00:00Z"));
    const times = steps.map(({ at }) => at);
    expect(Math.min(...times)).toBeGreaterThan(story.begins_at);
    expect(Math.max(...times)).toBeLessThan(Date.parse("2026-11-20T00:00:00Z"));
  });

  test("names every click, event, payment and person once", () => {
    const clickIds = visits.map((visit) => `${visit.at} ${visit.random}`);
    const payments = posts.filter(({ type }) => type === "sale").map(({ fields }) => fields.payment);
    for (const names of [clickIds, posts.map(({ id }) => id), payments, story.people.map(({ name }) => name)]) {
      expect(new Set(names).size).toBe(names.length);
    }
    expect(visits.every(({ random }) => /^[0-9a-f]{20}$/.test(random))).toBe(true);
  });

  test("has something to see on every link, on every day of the four weeks, and of every kind", () => {
    const days = new Set(visits.map(({ at }) => Math.floor((at - anchor) / MS_PER_DAY)).filter((day) => day >= 0));
    expect(days.size).toBe(28);
    const { links } = countStory(story);
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

  test("takes back parts and wholes, never more", () => {
    const amounts = new Map(posts.filter(({ type }) => type === "sale").map((post) => [post.fields.payment, post]));
    const shares = posts
      .filter(({ type }) => type === "refund")
      .map(({ fields }) => (fields.amount ?? 0) / (amounts.get(fields.payment)?.fields.amount ?? 0));
    expect(shares.some((share) => share === 1)).toBe(true);
    expect(shares.some((share) => share < 1)).toBe(true);
    expect(shares.every((share) => share > 0 && share <= 1)).toBe(true);
  });

  test("credits every affiliate in every programme, and now and then nobody", () => {
    const { accounts, programs } = countStory(story);
    expect(Object.values(accounts).every(({ sale, earned }) => sale > 5 && earned > 0)).toBe(true);
    for (const { conversions, unattributed } of Object.values(programs)) {
      expect(unattributed).toBeGreaterThan(0);
      expect(unattributed).toBeLessThan(conversions / 5);
    }
  });
});
