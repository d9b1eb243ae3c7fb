import { describe, expect, test } from "vitest";
import { chooseDestination, type Target } from "../../src/links/choose-destination.ts";

const only = (destination: string) => [{ destination, weight: 1 }];
const targets: Target[] = [
  { countries: ["DE", "AT"], devices: ["mobile"], split: only("german mobile") },
  { countries: ["DE", "AT"], split: only("german") },
  { devices: ["tablet"], split: only("tablet") },
];
const choose = (country: string | null, device: "mobile" | "tablet" | "desktop", list: Target[] | null = targets) =>
  chooseDestination({ link_id: 1, destination: "own", targets: list }, { country, device, seed: "s" });

describe("the first target that matches", () => {
  const cases: [string | null, "mobile" | "tablet" | "desktop", string][] = [
    ["DE", "mobile", "german mobile"],
    ["AT", "desktop", "german"],
    ["FR", "tablet", "tablet"],
    ["FR", "mobile", "own"],
    [null, "mobile", "own"],
    [null, "tablet", "tablet"],
  ];
  test.each(cases)("%s on %s", (country, device, destination) => {
    expect(choose(country, device)).toBe(destination);
  });

  test("visitors go to the link's own destination without targets", () => {
    expect(choose("DE", "mobile", null)).toBe("own");
  });
});

describe("a split", () => {
  const split = [
    {
      split: [
        { destination: "A", weight: 70 },
        { destination: "B", weight: 30 },
        { destination: "never", weight: 0 },
      ],
    },
  ];
  const pick = (seed: string, link_id = 1) =>
    chooseDestination({ link_id, destination: "own", targets: split }, { country: null, device: "desktop", seed });

  test("stays the same for a returning visitor", () => {
    for (let n = 0; n < 100; n += 1) expect(pick(`visitor ${n}`)).toBe(pick(`visitor ${n}`));
  });

  test("matches its weights within one percent for 20,000 visitors", () => {
    const seeds = Array.from({ length: 20_000 }, (_, n) => n.toString(16).padStart(16, "0"));
    const share = seeds.filter((seed) => pick(seed) === "A").length / seeds.length;
    expect(Math.abs(share - 0.7)).toBeLessThan(0.01);
    expect(seeds.some((seed) => pick(seed) === "never")).toBe(false);
  });

  test("of one link is independent of another link's", () => {
    const seeds = Array.from({ length: 1_000 }, (_, n) => `visitor ${n}`);
    const same = seeds.filter((seed) => pick(seed, 1) === pick(seed, 2)).length / seeds.length;
    expect(Math.abs(same - (0.7 * 0.7 + 0.3 * 0.3))).toBeLessThan(0.06);
  });
});
