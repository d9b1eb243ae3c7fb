import { describe, expect, test } from "vitest";
import { readClicks } from "../../src/clicks/read-clicks.ts";
import { makeClick } from "../support/make-click.ts";

const read = (body: unknown) => readClicks(body, Number.NEGATIVE_INFINITY);

test("clicks of this version are read unchanged", () => {
  const clicks = [
    makeClick(1),
    makeClick(2, {
      verdict: "bot",
      reason: "bingbot",
      repeats: makeClick(1).id,
      country: "DE",
      device: null,
      referrer: "blog.example",
      user_agent: "x",
      subs: ["a", null, "c"],
      visitor: "0123456789abcdef",
      navigation: 73,
      visitor_by_hash: true,
    }),
  ];
  expect(read(clicks)).toEqual({ received: clicks.map((click) => ({ click, raw: click })), refused: [] });
});

test("a click from before devices, user agents and visitor hashes has no visitor, like its stored row", () => {
  const { device, user_agent, repeats, navigation, visitor_by_hash, ...old } = makeClick(1, {
    visitor: "0123456789abcdef",
  });
  const raw = { ...old, new_visitor: "fedcba9876543210" };
  expect(read([raw])).toEqual({
    received: [
      {
        click: {
          ...old,
          device: null,
          user_agent: null,
          repeats: null,
          visitor: null,
          navigation,
          visitor_by_hash: false,
        },
        raw,
      },
    ],
    refused: [],
  });
});

test("a click from before navigations is otherwise read unchanged", () => {
  const { navigation, ...raw } = makeClick(1, { visitor: "0123456789abcdef", visitor_by_hash: true });
  expect(read([raw])).toEqual({ received: [{ click: { ...raw, navigation: null }, raw }], refused: [] });
});

describe("an invalid click is refused alone, unchanged and with its reason", () => {
  const good = makeClick(1);
  const cases: [string, unknown, RegExp][] = [
    ["not an object", 7, /^click: /],
    ["null", null, /^click: /],
    ["no id", { ...good, id: undefined }, /^id: /],
    ["an id in upper case, which another delivery might write differently", { ...good, id: "AB".repeat(16) }, /^id: /],
    ["a time that differs from the id's", { ...good, at: good.at + 1 }, /^at: /],
    ["a time in words", { ...good, at: "now" }, /^at: /],
    ["no link", { ...good, link_id: null }, /^link_id: /],
    ["a fractional link id", { ...good, link_id: 1.5 }, /^link_id: /],
    ["a verdict of a later version", { ...good, verdict: "hologram" }, /^verdict: /],
    ["a device of a later version", { ...good, device: "watch" }, /^device: /],
    ["an invalid visitor", { ...good, visitor: "bob" }, /^visitor: /],
    ["sub-ids by name", { ...good, subs: { sub1: "a" } }, /^subs: /],
    ["six sub-ids", { ...good, subs: ["1", "2", "3", "4", "5", "6"] }, /^subs: /],
    ["a navigation of a later version", { ...good, navigation: 128 }, /^navigation: /],
    ["a country that is a number", { ...good, country: 49 }, /^country: /],
  ];
  test.each(cases)("%s", (_, raw, reason) => {
    const { received, refused } = read([good, raw]);
    expect(received).toEqual([{ click: good, raw: good }]);
    expect(refused).toEqual([{ raw, reason: expect.stringMatching(reason), is_too_old: false }]);
  });
});

test.each([[null], ["text"], [{ clicks: [] }], [7]])(
  "a message that is not a list of clicks is refused as a whole: %j",
  (body) => {
    expect(read(body)).toMatchObject({ received: [], refused: [{ raw: body }] });
  },
);

test("clicks older than the log are refused, others are not", () => {
  const [old, young] = [makeClick(1, { at: 999 }), makeClick(2, { at: 1_000 })];
  const { received, refused } = readClicks([old, young], 1_000);
  expect(received.map(({ raw }) => raw)).toEqual([young]);
  expect(refused).toMatchObject([{ raw: old, is_too_old: true }]);
});
