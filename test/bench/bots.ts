/**
 * How well bots are told from people by their user agent, and at what cost: recall on crawler-user-agents, false positives
 * on user-agents, isbot alone beside ours. Both collections are among those that isbot is made with, so its figures here
 * say that nothing has been lost, not how it fares with bots that nobody has listed.
 *
 *     npm run bench:bots
 */
import crawlers from "crawler-user-agents";
import { isbotMatch } from "isbot";
import UserAgent from "user-agents";
import { findBotName, recognizeBot } from "../../src/redirect/bots.ts";

const SHOWN = 20;
const WARM_UP_ROUNDS = 20;
const ROUNDS = 100;

const bots = crawlers.flatMap(({ instances }) => instances);
/** Ten thousand visits, and the few hundred different user agents among them. */
const visits = UserAgent.top().map(({ userAgent }) => userAgent);
const people = [...new Set(visits)];

type Judge = (userAgent: string) => string | null;
const judges: [string, Judge][] = [
  ["isbot alone", isbotMatch],
  ["with additions", recognizeBot],
];

console.log(
  `${bots.length} user agents of bots, ${visits.length} visits by people with ${people.length} user agents\n`,
);
for (const [name, judge] of judges) {
  const missed = bots.filter((userAgent) => judge(userAgent) === null);
  const wronged = visits.filter((userAgent) => judge(userAgent) !== null);
  console.log(`${name.padEnd(15)}recall ${share(bots.length - missed.length, bots.length)}`);
  console.log(`${"".padEnd(15)}false positives ${share(wronged.length, visits.length)}`);
  for (const userAgent of missed.slice(0, SHOWN)) console.log(`    missed: ${userAgent}`);
  for (const userAgent of [...new Set(wronged)].slice(0, SHOWN)) console.log(`    wronged: ${userAgent}`);
}

console.log("\nµs a call, hot");
const oneBrowser = people.slice(0, 1);
console.log(`isbot alone, people        ${time(isbotMatch, people)}`);
console.log(`without cache, people      ${time(recognizeBot, people)}`);
console.log(`without cache, bots        ${time(recognizeBot, bots)}`);
console.log(`with cache, people         ${time(findBotName, people)}`);
console.log(`with cache, one browser    ${time(findBotName, oneBrowser)}`);
console.log(`cache that never hits, bots${time(findBotName, bots)}`);
console.log(`2 KB, isbot alone          ${time(isbotMatch, people.map(lengthen))}`);
console.log(`2 KB, cut to 512           ${time(findBotName, people.map(lengthen))}`);

function share(part: number, whole: number): string {
  return `${part} of ${whole} (${((100 * part) / whole).toFixed(2)} %)`;
}

function lengthen(userAgent: string): string {
  return userAgent.padEnd(2_000, " Example/1.2.3");
}

/** The mean time of one call (µs). */
function time(judge: Judge, userAgents: readonly string[]): string {
  const run = (rounds: number) => {
    let named = 0;
    for (let round = 0; round < rounds; round++) {
      for (const userAgent of userAgents) if (judge(userAgent) !== null) named++;
    }
    return named;
  };
  run(WARM_UP_ROUNDS);
  const startedAt = performance.now();
  run(ROUNDS);
  const microseconds = ((performance.now() - startedAt) * 1_000) / (ROUNDS * userAgents.length);
  return microseconds.toFixed(2).padStart(8);
}
