import { expect, test } from "vitest";
import { type CookieMode, decidePermission } from "../../src/redirect/consent.ts";

const cases: [string, CookieMode, { gpc?: string; consent?: string; is_reward?: boolean }, boolean, boolean][] = [
  ["always", "always", {}, true, true],
  ["consent not given", "consent", {}, false, true],
  ["consent given", "consent", { consent: "1" }, true, true],
  ["consent given in words", "consent", { consent: "granted" }, true, true],
  ["consent refused", "consent", { consent: "0" }, false, true],
  ["cookieless, with consent", "cookieless", { consent: "1" }, false, true],
  ["Global Privacy Control", "always", { gpc: "1" }, false, false],
  ["Global Privacy Control overrides consent", "consent", { gpc: "1", consent: "1" }, false, false],
  ["Global Privacy Control in a reward program", "always", { gpc: "1", is_reward: true }, true, true],
  ["Sec-GPC with another value has no effect", "always", { gpc: "0" }, true, true],
];

test.each(cases)("%s", (_, mode, given, cookie, hash) => {
  const { gpc = null, consent = null, is_reward = false } = given;
  expect(decidePermission({ mode, gpc, consent, is_reward })).toEqual({ cookie, hash });
});
