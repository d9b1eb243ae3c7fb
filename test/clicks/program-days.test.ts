/** A program's clicks by day: sums of ended days with what isn't summed up, after clicks that come late, again, or are corrected. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { recordClicks } from "../../src/clicks/click-store.ts";
import { sumProgramDays } from "../../src/clicks/counts/program-day-store.ts";
import { openDatabase } from "../../src/db/database.ts";
import type { OverviewScope } from "../../src/insights/overview-click-queries.ts";
import { readProgramFigures } from "../../src/insights/program-overview-queries.ts";
import type { Click } from "../../src/redirect/click.ts";
import { makeClick } from "../support/make-click.ts";
import { seed } from "../support/random.ts";
import { createRandom } from "../support/seeded-random.ts";
import { setUp } from "../support/story.ts";

const MS_PER_DAY = 86_400_000;
const TODAY = 20_600;
const DAYS = 5;
const db = openDatabase(env.DB);

test.each([0, 1])("is the sum of its links' clicks (history %i)", async (nth) => {
  const from = seed * 100 + nth;
  const { below, oneIn, pick } = createRandom(from);
  const { program, a, b } = await setUp();
  const { results: links } = await env.DB.prepare(
    "SELECT id, program_id, affiliate_id FROM links WHERE slug IN (?, ?) ORDER BY id",
  )
    .bind(a.slug, b.slug)
    .all<{ id: number; program_id: number; affiliate_id: number }>();
  const program_id = links[0]?.program_id ?? 0;
  const now = TODAY * MS_PER_DAY + MS_PER_DAY / 2;
  const summed = () =>
    env.DB.prepare("SELECT count(*) AS n FROM program_click_days WHERE program_id = ? AND day > ?")
      .bind(program_id, TODAY - DAYS)
      .first<number>("n");
  const whole: OverviewScope = { program_id, currency: "USD", affiliate_id: null, link_id: null, country: null };
  const readSteps = async (scope: OverviewScope, first_day: number, last_day: number) => {
    const previous = { first_day: first_day - 2, last_day: first_day - 1 };
    const {
      current,
      steps,
      previous: before,
    } = await readProgramFigures(db, scope, { current: { first_day, last_day }, previous }, now);
    return {
      clicks: current.clicks,
      before: before.clicks,
      steps: new Map(steps.map((step) => [step.at, step.clicks])),
    };
  };
  const compare = async () => {
    const first = TODAY - below(DAYS);
    for (const last of [TODAY, first]) {
      for (const country of [null, "DE"]) {
        const all = await readSteps({ ...whole, country }, first, last);
        const each = await Promise.all(
          links.map((link) => readSteps({ ...whole, country, link_id: link.id }, first, last)),
        );
        const steps = new Map<number, number>();
        for (const [at, clicks] of each.flatMap((one) => [...one.steps])) steps.set(at, (steps.get(at) ?? 0) + clicks);
        const sumOf = (name: "clicks" | "before") => each.reduce((sum, one) => sum + one[name], 0);
        expect(all, `${program}, seed ${from}`).toEqual({
          ...{ clicks: sumOf("clicks"), before: sumOf("before") },
          steps: new Map([...steps].sort(([one], [other]) => one - other)),
        });
      }
    }
  };

  const sent: Click[] = [];
  let mostSummed = 0;
  for (let step = 0; step < 24; step++) {
    const clicks = Array.from({ length: 1 + below(6) }, (_, place) => {
      const at = Math.min(now, (TODAY - below(DAYS)) * MS_PER_DAY + below(MS_PER_DAY));
      const verdict = pick(["counted", "counted", "bot"] as const);
      const country = pick([null, "DE", "US"]);
      return makeClick(nth * 10_000 + step * 100 + place, { at, verdict, country, link_id: pick(links).id });
    });
    sent.push(...clicks);
    await recordClicks(env.DB, oneIn(3) ? [...clicks, pick(sent)] : clicks);
    if (oneIn(3)) await recordClicks(env.DB, [pick(sent)]);
    if (oneIn(6)) {
      const day = TODAY - below(DAYS);
      const correct = oneIn(2) ? "UPDATE click_days SET clicks = clicks + 1" : "DELETE FROM click_days";
      await env.DB.prepare(`${correct} WHERE link_id = ? AND day = ? AND verdict = 0`).bind(pick(links).id, day).run();
    }
    if (oneIn(3)) await sumProgramDays(env.DB, now, oneIn(2) ? 1 : 10_000);
    mostSummed = Math.max(mostSummed, (await summed()) ?? 0);
    if (oneIn(3)) await compare();
  }
  await compare();
  await sumProgramDays(env.DB, now, 10_000);
  // Today goes on.
  expect([mostSummed > 0, await summed()]).toEqual([true, DAYS - 1]);
  await compare();
});
