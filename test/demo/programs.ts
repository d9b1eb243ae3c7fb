/** The demo's programs, affiliates, links and creatives. */

/** A program: its shop's products and its terms. Amounts are in minor units. */
export interface DemoProgram {
  slug: "orbit" | "harvest";
  name: string;
  tagline: string;
  currency: string;
  preset: string;
  /** The preset's rate in basis points. The totals are checked against it. */
  rate_bps: number;
  interval: "week" | "month";
  /** Cheapest first. The demo shop sells the second. */
  products: readonly { name: string; amount: number }[];
}

export const PROGRAMS: readonly DemoProgram[] = [
  {
    slug: "orbit",
    name: "Orbit",
    tagline: "Project planning for small teams that would rather ship.",
    currency: "USD",
    preset: "kartra-classic",
    rate_bps: 4_000,
    interval: "month",
    products: [
      { name: "starter", amount: 2_900 },
      { name: "pro", amount: 7_900 },
      { name: "team", amount: 19_900 },
    ],
  },
  {
    slug: "harvest",
    name: "Harvest",
    tagline: "A box of vegetables from the farm next door, every week.",
    currency: "EUR",
    preset: "carrot",
    rate_bps: 2_500,
    interval: "week",
    products: [
      { name: "small box", amount: 1_900 },
      { name: "family box", amount: 3_400 },
    ],
  },
];

/** An affiliate, with the channel of their tracking links. */
export interface DemoAffiliate {
  username: "maya" | "jonas" | "priya";
  name: string;
  email: string;
  sponsor: string | null;
  /** Where payouts go; null for an affiliate who hasn't added a payout method. */
  paypal: string | null;
  channel: string;
  /** The referrers of their visitors; null for none. */
  referrers: readonly (string | null)[];
}

export const AFFILIATES: readonly DemoAffiliate[] = [
  {
    username: "maya",
    name: "Maya Okafor",
    email: "maya@example.com",
    sponsor: null,
    paypal: "maya@example.com",
    channel: "newsletter",
    referrers: [null, null, "https://mail.example.net/inbox", "https://maya.example.org/archive/42"],
  },
  {
    username: "jonas",
    name: "Jonas Weber",
    email: "jonas@example.com",
    sponsor: "maya",
    paypal: "jonas@example.com",
    channel: "video",
    referrers: ["https://video.example.net/watch?v=orbit-review", "https://m.video.example.net/", null],
  },
  {
    username: "priya",
    name: "Priya Raman",
    email: "priya@example.com",
    sponsor: null,
    paypal: null,
    channel: "blog",
    referrers: ["https://priya.example.org/tools-i-use", "https://search.example.com/", null],
  },
];

/** A link and its number of visitors on an average day. */
export interface DemoLink {
  slug: string;
  program: DemoProgram["slug"];
  affiliate: DemoAffiliate["username"];
  kind: "affiliate" | "tracking";
  channel: string | null;
  visitors_per_day: number;
}

/** Creatives by program, in the API's format. The browser loads an image only when its page is opened. */
export const CREATIVES: Record<DemoProgram["slug"], readonly Record<string, unknown>[]> = {
  orbit: [
    {
      kind: "image",
      title: "Leaderboard",
      url: "https://placehold.co/728x90/4338ca/ffffff/png?text=Orbit",
      ...{ width: 728, height: 90, alt: "Orbit: plan less, ship more" },
    },
    {
      kind: "image",
      title: "Sidebar",
      url: "https://placehold.co/300x250/4338ca/ffffff/png?text=Orbit",
      ...{ width: 300, height: 250, alt: "Orbit: project planning for small teams" },
    },
    {
      kind: "text",
      title: "For a newsletter",
      text: "We moved our planning to Orbit this spring, and our Monday meeting is down to ten minutes.\n\nHave a look: {link}",
    },
    { kind: "resource", title: "Logos and colors", url: "https://example.com/orbit/brand" },
    { kind: "resource", title: "Customer FAQ", url: "https://example.com/orbit/help" },
  ],
  harvest: [
    {
      kind: "text",
      title: "A short post",
      text: "Tonight's dinner grew five miles from here. A box from Harvest, every week: {link}",
    },
    { kind: "resource", title: "Photos of the farm", url: "https://example.com/harvest/photos" },
  ],
};

const VISITORS_PER_DAY = {
  orbit: { maya: [4, 7], jonas: [3, 6], priya: [3, 5] },
  harvest: { maya: [2, 3], jonas: [2, 4], priya: [3, 5] },
} as const;

/** Each affiliate has one affiliate link and one tracking link in each program. */
export const LINKS: readonly DemoLink[] = PROGRAMS.flatMap(({ slug: program }) =>
  AFFILIATES.flatMap(({ username: affiliate, channel }) => {
    const [direct, tracked] = VISITORS_PER_DAY[program][affiliate];
    const slug = program === "orbit" ? affiliate : `${affiliate}-${program}`;
    const common = { program, affiliate };
    return [
      { ...common, slug, kind: "affiliate" as const, channel: null, visitors_per_day: direct },
      { ...common, slug: `${slug}-${channel}`, kind: "tracking" as const, channel, visitors_per_day: tracked },
    ];
  }),
);

/** The link to try first. */
export const DEMO_LINK = "maya";

export function findDemoLink(slug: string): DemoLink {
  const link = LINKS.find((candidate) => candidate.slug === slug);
  if (link === undefined) throw new Error(`The demo has no link "${slug}".`);
  return link;
}

export function findDemoProgram(slug: string): DemoProgram {
  const program = PROGRAMS.find((candidate) => candidate.slug === slug);
  if (program === undefined) throw new Error(`The demo has no program "${slug}".`);
  return program;
}
