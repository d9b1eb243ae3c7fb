/** Visitors who do not buy, some of whom return; bots, link checkers and prefetching browsers. */

import { createRandom, type Random } from "../support/seeded-random.ts";
import { on, type Person, type VisitDetails, visit } from "./person.ts";
import { AFFILIATES, type DemoLink, LINKS } from "./programs.ts";

const SEED = 10_101;
const SCENARIO_DAYS = 28;
const MS_PER_MINUTE = 60_000;
const MS_PER_DAY = 86_400_000;

/** Requests that are logged with their verdict and never counted. */
const AUTOMATED: readonly VisitDetails[] = [
  {
    headers: { "User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)" },
    verdict: "bot",
  },
  { headers: { "User-Agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)" }, verdict: "bot" },
  {
    headers: { "User-Agent": "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)" },
    verdict: "bot",
  },
  { method: "HEAD", verdict: "head" },
  { headers: { "Sec-Purpose": "prefetch" }, verdict: "prefetch" },
];

/** The share of a channel's visitors by day: a newsletter is weekly, a video peaks when it is published, a blog grows. */
function dayFactor(channel: string | null, day: number): number {
  switch (channel) {
    case "newsletter":
      return [0.4, 3, 1.4, 0.7, 0.5, 0.4, 0.4][day % 7] ?? 1;
    case "video":
      return day < 9 ? 0.5 : 0.6 + 3 * 0.8 ** (day - 9);
    default:
      return 0.8 + day / 60;
  }
}

/** Plans every visitor of the four weeks who does not buy. */
export function planVisitors(): Person[] {
  return LINKS.flatMap((link, number) => {
    const random = createRandom(SEED + number);
    return Array.from({ length: SCENARIO_DAYS }, (_, day) => planDay(link, day, random)).flat();
  });
}

function planDay(link: DemoLink, day: number, random: Random): Person[] {
  const people = Math.max(0, Math.round(link.visitors_per_day * dayFactor(link.channel, day)) + random.below(3) - 1);
  const name = (kind: string, number: number) => `${link.slug}-day-${day}-${kind}-${number}`;
  const visitors = Array.from({ length: people }, (_, number) =>
    planVisitor(name("visitor", number), link, day, random),
  );
  if (!random.oneIn(3)) return visitors;
  const automated = visit(random, link.slug, timeOn(day, random), random.pick(AUTOMATED));
  return [...visitors, { name: name("automated", 0), steps: [automated] }];
}

function planVisitor(name: string, link: DemoLink, day: number, random: Random): Person {
  const at = timeOn(day, random);
  const affiliate = AFFILIATES.find(({ username }) => username === link.affiliate);
  const referrer = random.pick(affiliate?.referrers ?? [null]);
  const details: VisitDetails = {
    ...(referrer !== null && { headers: { Referer: referrer } }),
    ...(link.channel !== null && {
      query: `?sub1=${link.channel}-${Math.floor(day / 7) + 1}&sub2=${random.pick(["top", "middle", "footer"])}`,
    }),
  };
  const first = visit(random, link.slug, at, details);
  const again = (later: number, verdict: "duplicate" | "counted") => ({
    ...visit(random, link.slug, at + later, { ...details, headers: first.headers, verdict }),
    country: first.country,
  });
  const steps = [first];
  if (random.oneIn(12)) steps.push(again((1 + random.below(40)) * MS_PER_MINUTE, "duplicate"));
  if (day < SCENARIO_DAYS - 1 && random.oneIn(25)) steps.push(again(MS_PER_DAY, "counted"));
  return { name, steps };
}

function timeOn(day: number, random: Random): number {
  return on(day, `${5 + random.below(17)}:${random.below(60)}`) + random.below(60_000);
}
