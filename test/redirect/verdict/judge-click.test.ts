import { expect, test } from "vitest";
import { getLinkState, type Hit, judgeClick } from "../../../src/redirect/verdict/judge-click.ts";
import { BROWSER } from "../../support/story.ts";

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 0, 3, 10);
const person: Hit = {
  method: "GET",
  user_agent: BROWSER,
  purpose: null,
  fetch_destination: "document",
  link: { link_id: 7, affiliate_id: 3 },
  link_state: { state: "live" },
  signed_in_affiliate: null,
  last_click: null,
  now: NOW,
};
const off = (state: "disabled" | "expired" | "capped") => ({ state, reason: "because", not_yet: false });
const clicked = (link_id: number, ago: number) => ({ link_id, click_id: "0199", clicked_at: NOW - ago });

const cases: [string, Partial<Hit>, string, string | null][] = [
  ["a person's first click", {}, "counted", null],
  ["a person with an in-app browser", { user_agent: `${BROWSER} Instagram 300.0` }, "counted", null],
  ["the same link after the hour", { last_click: clicked(7, HOUR) }, "counted", null],
  ["another link within the hour", { last_click: clicked(8, 1_000) }, "counted", null],
  ["HEAD", { method: "HEAD" }, "head", null],
  ["HEAD by a bot", { method: "HEAD", user_agent: "curl/8.0" }, "head", null],
  ["Chrome's prefetch", { purpose: "prefetch;prerender" }, "prefetch", "prefetch;prerender"],
  ["Safari's preview", { purpose: "preview" }, "prefetch", "preview"],
  ["an old Safari's top sites", { purpose: "instant" }, "prefetch", "instant"],
  ["no user agent", { user_agent: null }, "bot", "empty user agent"],
  ["an empty user agent", { user_agent: " " }, "bot", "empty user agent"],
  ["a crawler", { user_agent: "Mozilla/5.0 (compatible; Googlebot/2.1)" }, "bot", "Googlebot"],
  ["requested as an image", { fetch_destination: "image" }, "embedded", "asked for as image"],
  ["requested as a frame", { fetch_destination: "iframe" }, "embedded", "asked for as iframe"],
  ["requested by a script", { fetch_destination: "empty" }, "embedded", "asked for as empty"],
  ["requested as a module", { fetch_destination: "json" }, "embedded", "asked for as json"],
  ["requested as an unknown type", { fetch_destination: "hologram" }, "embedded", "hologram"],
  ["a browser without Sec-Fetch-Dest", { fetch_destination: null }, "counted", null],
  ["the affiliate's own browser", { signed_in_affiliate: 3 }, "self", "own browser"],
  ["another affiliate's browser", { signed_in_affiliate: 4 }, "counted", null],
  ["a disabled link, for any visitor", { link_state: off("disabled"), user_agent: null }, "disabled", "because"],
  ["an expired link", { link_state: off("expired") }, "expired", "because"],
  ["a full link", { link_state: off("capped") }, "capped", "because"],
];

test("a click on the same link within an hour is a duplicate of the previous one", () => {
  expect(judgeClick({ ...person, last_click: clicked(7, HOUR - 1) })).toEqual({
    verdict: "duplicate",
    reason: null,
    repeats: clicked(7, HOUR - 1).click_id,
  });
});

test.each(cases)("%s", (_, changes, verdict, reason) => {
  const judged = judgeClick({ ...person, ...changes });
  expect(judged.verdict).toBe(verdict);
  if (reason === null) expect(judged.reason).toBeNull();
  else expect(judged.reason?.toLowerCase()).toContain(reason.toLowerCase());
});

const LIVE = { disabled: false, starts_at: null, expires_at: null, is_capped: false };
const states: [string, Partial<typeof LIVE | Record<string, number | boolean>>, string, string | null, boolean][] = [
  ["nothing set", {}, "live", null, false],
  ["switched off", { disabled: true }, "disabled", "switched off", false],
  ["not started yet", { starts_at: NOW + 1 }, "disabled", "starts at 2026-01-03T10:00:00.001Z", true],
  ["just begun", { starts_at: NOW }, "live", null, false],
  ["not expired yet", { expires_at: NOW + 1 }, "live", null, false],
  ["just over", { expires_at: NOW }, "expired", "expired at 2026-01-03T10:00:00.000Z", false],
  ["full", { is_capped: true }, "capped", "its click cap is reached", false],
];
test.each(states)("a link %s", (_, changes, state, reason, notYet) => {
  const found = getLinkState({ ...LIVE, ...changes } as Parameters<typeof getLinkState>[0], NOW);
  expect(found).toEqual(reason === null ? { state } : { state, reason, not_yet: notYet });
});
