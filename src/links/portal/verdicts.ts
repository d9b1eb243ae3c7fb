/** What became of a link's hits, in words. */
import { formatCount } from "../../lib/format-money.ts";
import { VERDICTS, type Verdict } from "../../redirect/click.ts";

interface VerdictWords {
  /** Of one hit, as a tag. */
  name: string;
  one: string;
  many: string;
  meaning: string;
}

const WORDS: Record<Verdict, VerdictWords> = {
  counted: { name: "Counted", one: "counted", many: "counted", meaning: "A person’s click. It counts." },
  duplicate: {
    name: "Duplicate",
    one: "duplicate",
    many: "duplicates",
    meaning: "The same person within the hour. It is not counted again, yet makes that click their latest.",
  },
  bot: { name: "Bot", one: "bot", many: "bots", meaning: "A crawler, a link checker or another program." },
  head: {
    name: "Look",
    one: "look at the address",
    many: "looks at the address",
    meaning: "A program that asked whether the link is there.",
  },
  prefetch: {
    name: "Prefetch",
    one: "prefetch",
    many: "prefetches",
    meaning: "A browser that loaded ahead; nobody had clicked.",
  },
  embedded: {
    name: "Embedded",
    one: "embedded",
    many: "embedded",
    meaning: "Loaded as an image, a frame or a script, not clicked.",
  },
  self: {
    name: "Yourself",
    one: "by yourself",
    many: "by yourself",
    meaning: "From a browser in which you have signed in here.",
  },
  capped: {
    name: "Over the cap",
    one: "over the cap",
    many: "over the cap",
    meaning: "After the link had all the clicks that the merchant allows it.",
  },
  expired: {
    name: "Expired",
    one: "outside its dates",
    many: "outside its dates",
    meaning: "Before the link began or after it ended.",
  },
  disabled: {
    name: "Switched off",
    one: "while switched off",
    many: "while switched off",
    meaning: "The merchant has switched the link off.",
  },
};

/** The name of a verdict; hits of a later version may have one that is not known here. */
export function nameVerdict(verdict: Verdict | null): string {
  return verdict === null ? "Unknown" : WORDS[verdict].name;
}

/** `1,204 hits: 1,020 counted, 96 duplicates, 71 bots`; `No hits` where there are none. */
export function sayVerdicts(verdicts: Partial<Record<Verdict, number>>): string {
  const found = listVerdicts(verdicts);
  const hits = found.reduce((sum, { count }) => sum + count, 0);
  if (hits === 0) return "No hits";
  const parts = found.map(
    ({ verdict, count }) => `${formatCount(count)} ${WORDS[verdict][count === 1 ? "one" : "many"]}`,
  );
  return `${formatCount(hits)} ${hits === 1 ? "hit" : "hits"}: ${parts.join(", ")}`;
}

/** The verdicts that there are hits of, what counts first, then the most frequent, each with what it means. */
export function listVerdicts(verdicts: Partial<Record<Verdict, number>>) {
  return VERDICTS.map((verdict) => ({ verdict, count: verdicts[verdict] ?? 0, ...WORDS[verdict] }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => Number(b.verdict === "counted") - Number(a.verdict === "counted") || b.count - a.count);
}
