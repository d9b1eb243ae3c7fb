import { expect, test } from "vitest";
import { findReservedWord } from "../../src/affiliates/username.ts";

const programs = [
  { slug: "orbit", name: "Orbit Café" },
  { slug: "x", name: "X" },
];

test.each([
  ["maya", null],
  ["orbiter", "orbit"],
  ["best-orbit-deals", "orbit"],
  ["or.b_it", "orbit"],
  ["orbitcafe", "Orbit Café"],
  ["myadmin", "admin"],
  ["ad-min", "admin"],
  ["supporter", "support"],
  ["secure.pay", "secure"],
  ["x", "X"],
  ["max", null],
  ["admiral", null],
])("%s has the reserved word %s", (username, word) => expect(findReservedWord(username, programs)).toBe(word));
