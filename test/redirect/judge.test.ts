import { expect, test } from "vitest";
import { type Hit, judgeClick } from "../../src/redirect/judge.ts";
import { BROWSER } from "../support/story.ts";

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 0, 3, 10);
const person: Hit = {
  method: "GET",
  user_agent: BROWSER,
  purpose: null,
  link_id: 7,
  link_state: "live",
  last_click: null,
  now: NOW,
};
const clicked = (link_id: number, ago: number) => ({ link_id, click_id: "0199", clicked_at: NOW - ago });

const cases: [string, Partial<Hit>, string, string | null][] = [
  ["a person's first click", {}, "counted", null],
  ["a person with an in-app browser", { user_agent: `${BROWSER} Instagram 300.0` }, "counted", null],
  ["the same link within the hour", { last_click: clicked(7, HOUR - 1) }, "duplicate", "repeats 0199"],
  ["the same link after the hour", { last_click: clicked(7, HOUR) }, "counted", null],
  ["another link within the hour", { last_click: clicked(8, 1_000) }, "counted", null],
  ["HEAD", { method: "HEAD" }, "head", null],
  ["HEAD by a bot", { method: "HEAD", user_agent: "curl/8.0" }, "head", null],
  ["Chrome's prefetch", { purpose: "prefetch;prerender" }, "prefetch", "prefetch;prerender"],
  ["Safari's preview", { purpose: "preview" }, "prefetch", "preview"],
  ["no user agent", { user_agent: null }, "bot", "empty user agent"],
  ["an empty user agent", { user_agent: " " }, "bot", "empty user agent"],
  ["a crawler", { user_agent: "Mozilla/5.0 (compatible; Googlebot/2.1)" }, "bot", "Googlebot"],
  ["a disabled link, whoever asks", { link_state: "disabled", user_agent: null }, "disabled", null],
  ["an expired link", { link_state: "expired" }, "expired", null],
];

test.each(cases)("%s", (_, changes, verdict, reason) => {
  const judged = judgeClick({ ...person, ...changes });
  expect(judged.verdict).toBe(verdict);
  if (reason === null) expect(judged.reason).toBeNull();
  else expect(judged.reason?.toLowerCase()).toContain(reason.toLowerCase());
});
