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

describe.each(BAD_TOKENS)("%s", (fault, make) => {
  test("is recorded as such and earns nobody anything", async () => {
    const story = await setUp();
    const { json } = await postEvent(story.endpoint, sale({ click: await make(story) }));
    expect(json).toMatchObject({ status: "recorded", attributed_to: null, reason: fault });
    const told = await conversionThat(json.conversion, { explanation: { token_fault: fault, touches: [] } });
    expect(told.entries).toEqual([]);
  });

  test("stays recorded where a coupon earns", async () => {
    const story = await setUp();
    await admin("POST", "/v1/coupons", { program: story.program, affiliate: story.b.username, code: "SAVE10" });
    const { json } = await postEvent(story.endpoint, sale({ click: await make(story), coupon: "save10" }));
    expect(json).toMatchObject({ attributed_to: story.b.username, reason: "coupon" });
    await conversionThat(json.conversion, { explanation: { token_fault: fault } });
  });
});

test("a token past its window is a touch, told with what it lost by", async () => {
  const { a, endpoint } = await setUp();
  const { json } = await postEvent(endpoint, sale({ click: await signTokenAt(a.slug, Date.now() - 31 * DAY) }));
  expect(json).toMatchObject({ attributed_to: null, reason: "outside_window" });
  const { explanation } = await conversionThat(json.conversion, { attributed_to: null });
  expect(explanation).toMatchObject({
    token_fault: null,
    touches: [{ affiliate: a.username, link: a.slug, outcome: "outside_window" }],
  });
  expect(explanation.touches[0].text).toContain("older than the 30 days");
});
