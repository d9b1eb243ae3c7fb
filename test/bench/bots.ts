/**
 * Measures how well bots are recognized by their user agent, and what it costs: recall on crawler-user-agents and false
 * positives on user-agents, for isbot alone and for Lastclick. isbot is built from both collections, so the results show
 * that nothing was lost, not how well unlisted bots are recognized.
 *
 *     npm run bench:bots
 */
import crawlers from "crawler-user-agents";
import { isbotMatch } from "isbot";
import UserAgent from "user-agents";
import { findBotName, recognizeBot } from "../../src/redirect/verdict/bots.ts";

const SHOWN = 20;
const WARM_UP_ROUNDS = 20;
const ROUNDS = 100;

const bots = crawlers.flatMap(({ instances }) => instances);
/** Ten thousand visits, with a few hundred different user agents. */
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
  const falsePositives = visits.filter((userAgent) => judge(userAgent) !== null);
  console.log(`${name.padEnd(15)}recall ${share(bots.length - missed.length, bots.length)}`);
  console.log(`${"".padEnd(15)}false positives ${share(falsePositives.length, visits.length)}`);
  for (const userAgent of missed.slice(0, SHOWN)) console.log(`    missed: ${userAgent}`);
  for (const userAgent of [...new Set(falsePositives)].slice(0, SHOWN)) console.log(`    false positive: ${userAgent}`);
}

console.log("\nµs per call, warm");
const oneBrowser = people.slice(0, 1);
console.log(`isbot alone, people        ${time(isbotMatch, people)}`);
console.log(`without cache, people      ${time(recognizeBot, people)}`);
console.log(`without cache, bots        ${time(recognizeBot, bots)}`);
console.log(`with cache, people         ${time(findBotName, people)}`);
console.log(`with cache, one browser    ${time(findBotName, oneBrowser)}`);
console.log(`cache without hits, bots   ${time(findBotName, bots)}`);
console.log(`2 KB, isbot alone          ${time(isbotMatch, people.map(lengthen))}`);
console.log(`2 KB, cut to 512           ${time(findBotName, people.map(lengthen))}`);

function share(part: number, whole: number): string {
  return `${part} of ${whole} (${((100 * part) / whole).toFixed(2)}%)`;
}

function lengthen(userAgent: string): string {
  return userAgent.padEnd(2_000, " Example/1.2.3");
}

/** The mean time of one call, µs. */
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
