import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { signTokenAt } from "../support/sign-token.ts";
import { admin, click, conversionThat, postEvent, sale, setUp } from "../support/story.ts";

const DAY = 86_400_000;

type Story = Awaited<ReturnType<typeof setUp>>;

const BAD_TOKENS: [string, (story: Story) => Promise<string>][] = [
  [
    "token_forged",
    async ({ a }) => {
      const { token } = await click(a.slug);
      return `${token.slice(0, 40)}${token[40] === "A" ? "B" : "A"}${token.slice(41)}`;
    },
  ],
  ["token_foreign", async () => (await click((await setUp({ affiliates: 1 })).a.slug)).token],
  ["token_malformed", async () => "a-token-of-another-tool"],
  [
    "token_unknown_link",
    async ({ a }) => {
      const token = await signTokenAt(a.slug, Date.now());
      await env.DB.prepare("DELETE FROM links WHERE slug = ?").bind(a.slug).run();
      return token;
    },
  ],
];

describe.each(BAD_TOKENS)("%s", (fault, create) => {
  test("is recorded with its fault, and no affiliate is credited", async () => {
    const story = await setUp();
    const { json } = await postEvent(story.endpoint, sale({ click: await create(story) }));
    expect(json).toMatchObject({ status: "recorded", attributed_to: null, reason: fault });
    const conversion = await conversionThat(json.conversion, { explanation: { token_fault: fault, touches: [] } });
    expect(conversion.entries).toEqual([]);
  });

  test("is recorded with its fault where a coupon is credited", async () => {
    const story = await setUp();
    await admin("POST", "/v1/coupons", { program: story.program, affiliate: story.b.username, code: "SAVE10" });
    const { json } = await postEvent(story.endpoint, sale({ click: await create(story), coupon: "save10" }));
    expect(json).toMatchObject({ attributed_to: story.b.username, reason: "coupon" });
    await conversionThat(json.conversion, { explanation: { token_fault: fault } });
  });
});

describe("a token of a link that ended", () => {
  const ENDS: [string, (slug: string) => Promise<unknown>][] = [
    ["disabled", (slug) => admin("PATCH", `/v1/links/${slug}`, { disabled: true })],
    [
      "expired",
      (slug) => admin("PATCH", `/v1/links/${slug}`, { expires_at: new Date(Date.now() - 1_000).toISOString() }),
    ],
  ];

  test.each(ENDS)("%s counts if it was signed before, and is no touch if it was signed after", async (_, end) => {
    const { a, endpoint } = await setUp({ affiliates: 1 });
    const before = await signTokenAt(a.slug, Date.now() - DAY);
    await end(a.slug);
    const after = await signTokenAt(a.slug, Date.now());
    const { json: late } = await postEvent(endpoint, sale({ click: after }));
    expect(late).toMatchObject({ status: "recorded", attributed_to: null, reason: "token_link_ended" });
    await conversionThat(late.conversion, {
      explanation: { token_fault: "token_link_ended", touches: [], text: expect.stringContaining("after its link") },
    });
    const { json: early } = await postEvent(endpoint, sale({ click: before }));
    expect(early).toMatchObject({ attributed_to: a.username, reason: "last_click" });
  });

  test("and is enabled again is a touch", async () => {
    const { a, endpoint } = await setUp({ affiliates: 1 });
    await admin("PATCH", `/v1/links/${a.slug}`, { disabled: true });
    await admin("PATCH", `/v1/links/${a.slug}`, { disabled: false });
    const { json } = await postEvent(endpoint, sale({ click: await signTokenAt(a.slug, Date.now()) }));
    expect(json).toMatchObject({ attributed_to: a.username });
  });
});

test("a token outside its window is a touch, explained with its age", async () => {
  const { a, endpoint } = await setUp();
  const { json } = await postEvent(endpoint, sale({ click: await signTokenAt(a.slug, Date.now() - 31 * DAY) }));
  expect(json).toMatchObject({ attributed_to: null, reason: "outside_window" });
  const { explanation } = await conversionThat(json.conversion, { attributed_to: null });
  expect(explanation).toMatchObject({
    token_fault: null,
    touches: [{ affiliate: a.username, link: a.slug, outcome: "outside_window" }],
  });
  expect(explanation.touches[0].text).toContain("outside the 30-day attribution window");
});
