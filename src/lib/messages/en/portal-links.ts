/** Links and the verdicts on their hits. */

interface VerdictWords {
  /** The tag of one hit. */
  name: string;
  one: string;
  many: string;
  meaning: string;
}

const counted: VerdictWords = { name: "Counted", one: "counted", many: "counted", meaning: "A click by a person." };
const duplicate: VerdictWords = {
  name: "Duplicate",
  one: "duplicate",
  many: "duplicates",
  meaning: "Another click by the same visitor within an hour. Not counted, but it becomes their latest click.",
};
const bot: VerdictWords = {
  name: "Bot",
  one: "bot",
  many: "bots",
  meaning: "A crawler, a link checker or another program.",
};
const head: VerdictWords = {
  name: "HEAD request",
  one: "HEAD request",
  many: "HEAD requests",
  meaning: "A program that checked whether the link exists.",
};
const prefetch: VerdictWords = {
  name: "Prefetch",
  one: "prefetch",
  many: "prefetches",
  meaning: "A browser loaded the link in advance, without a click.",
};
const embedded: VerdictWords = {
  name: "Embedded",
  one: "embedded",
  many: "embedded",
  meaning: "Loaded as an image, a frame or a script, without a click.",
};
const self: VerdictWords = {
  name: "Your own click",
  one: "own click",
  many: "own clicks",
  meaning: "From a browser in which you signed in to this portal.",
};
const capped: VerdictWords = {
  name: "Over the limit",
  one: "over the click limit",
  many: "over the click limit",
  meaning: "The link had already reached the merchant’s click limit.",
};
const expired: VerdictWords = {
  name: "Outside dates",
  one: "outside the link’s dates",
  many: "outside the link’s dates",
  meaning: "Before the link’s start date or after its end date.",
};
const disabled: VerdictWords = {
  name: "Disabled",
  one: "while disabled",
  many: "while disabled",
  meaning: "The merchant had disabled the link.",
};

const throttled: VerdictWords = {
  name: "Throttled",
  one: "throttled",
  many: "throttled",
  meaning: "One network sent very many requests. They reached the destination and can be credited, but aren’t listed.",
};

/** What browsers report of how clicks came about. */
const gestures = {
  summary: (missing: number, all: number, format: (count: number) => string) =>
    missing === 0
      ? "All counted clicks came from a click or key press."
      : `Browsers reported no click or key press for ${format(missing)} of ${format(all)} counted ${all === 1 ? "click" : "clicks"}. They still count: some browsers and apps don’t report it.`,
  hit: "The browser reported no click or key press",
};

export const links = {
  gestures,
  verdicts: { counted, duplicate, bot, head, prefetch, embedded, self, capped, expired, disabled, throttled },
  unknown_verdict: "Unknown",
  no_hits: "No hits",
};
