/** Those who only look: people who do not buy, some twice; bots, link checkers and prefetching browsers. */
import { AFFILIATES, type DemoLink, LINKS } from "./cast.ts";
import { type Dice, makeDice } from "./dice.ts";
import { on, type Person, type VisitDetails, visit } from "./person.ts";

const SEED = 10_101;
const STORY_DAYS = 28;
const MS_PER_MINUTE = 60_000;
const MS_PER_DAY = 86_400_000;

/** Hits that are logged with their verdict and never counted. */
const MACHINES: readonly VisitDetails[] = [
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

/** A newsletter goes out once a week, a video has its days after it is published, a blog grows slowly. */
function factorOf(channel: string | null, day: number): number {
  switch (channel) {
    case "newsletter":
      return [0.4, 3, 1.4, 0.7, 0.5, 0.4, 0.4][day % 7] ?? 1;
    case "video":
      return day < 9 ? 0.5 : 0.6 + 3 * 0.8 ** (day - 9);
    default:
      return 0.8 + day / 60;
  }
}

/** Every visitor of the four weeks who buys nothing. */
export function planVisitors(): Person[] {
  return LINKS.flatMap((link, number) => {
    const dice = makeDice(SEED + number);
    return Array.from({ length: STORY_DAYS }, (_, day) => planDay(link, day, dice)).flat();
  });
}

function planDay(link: DemoLink, day: number, dice: Dice): Person[] {
  const people = Math.max(0, Math.round(link.visitors_a_day * factorOf(link.channel, day)) + dice.roll(3) - 1);
  const name = (kind: string, number: number) => `${link.slug}-day-${day}-${kind}-${number}`;
  const visitors = Array.from({ length: people }, (_, number) => planVisitor(name("visitor", number), link, day, dice));
  if (!dice.once(3)) return visitors;
  const machine = visit(dice, link.slug, atSomeTime(day, dice), dice.pick(MACHINES));
  return [...visitors, { name: name("machine", 0), steps: [machine] }];
}

function planVisitor(name: string, link: DemoLink, day: number, dice: Dice): Person {
  const at = atSomeTime(day, dice);
  const affiliate = AFFILIATES.find(({ username }) => username === link.affiliate);
  const referrer = dice.pick(affiliate?.referrers ?? [null]);
  const details: VisitDetails = {
    ...(referrer !== null && { headers: { Referer: referrer } }),
    ...(link.channel !== null && {
      query: `?sub1=${link.channel}-${Math.floor(day / 7) + 1}&sub2=${dice.pick(["top", "middle", "footer"])}`,
    }),
  };
  const first = visit(dice, link.slug, at, details);
  const again = (later: number, verdict: "duplicate" | "counted") => ({
    ...visit(dice, link.slug, at + later, { ...details, headers: first.headers, verdict }),
    country: first.country,
  });
  const steps = [first];
  if (dice.once(12)) steps.push(again((1 + dice.roll(40)) * MS_PER_MINUTE, "duplicate"));
  if (day < STORY_DAYS - 1 && dice.once(25)) steps.push(again(MS_PER_DAY, "counted"));
  return { name, steps };
}

function atSomeTime(day: number, dice: Dice): number {
  return on(day, `${5 + dice.roll(17)}:${dice.roll(60)}`) + dice.roll(60_000);
}
