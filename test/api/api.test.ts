import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { admin, click, conversionThat, eventually, ORIGIN, postEvent, sale, send, setUp } from "../support/story.ts";

let story: Awaited<ReturnType<typeof setUp>>;
beforeAll(async () => {
  story = await setUp();
});

describe("the API key", () => {
  const calls: [string, string][] = [
    ["POST", "/v1/programs"],
    ["POST", "/v1/affiliates"],
    ["POST", "/v1/affiliates/a/sign-in-link"],
    ["POST", "/v1/programs/p/enrollments"],
    ["PATCH", "/v1/programs/p/enrollments/a"],
    ["POST", "/v1/programs/p/enrolments"],
    ["PATCH", "/v1/programs/p/enrolments/a"],
    ["GET", "/v1/programs/p/affiliates/a"],
    ["GET", "/v1/programs/p/affiliates/a/entries"],
    ["POST", "/v1/programs/p/endpoints"],
    ["POST", "/v1/links"],
    ["PATCH", "/v1/links/l"],
    ["GET", "/v1/links/l"],
    ["GET", "/v1/links/l/clicks"],
    ["GET", "/v1/conversions"],
    ["GET", "/v1/conversions/cv"],
  ];
  test.each(calls)("%s %s requires it", async (method, path) => {
    for (const key of [
      undefined,
      "Bearer ",
      "Bearer wrong",
      `Basic ${env.ADMIN_TOKEN}`,
      `Bearer ${env.ADMIN_TOKEN}x`,
    ]) {
      const response = await send(path, { method, headers: key === undefined ? {} : { Authorization: key } });
      expect(response.status, key).toBe(401);
      expect(await response.json()).toMatchObject({ code: "admin_key_invalid", status: 401 });
    }
  });
});

const program = {
  slug: "new-one",
  name: "New",
  currency: "USD",
  preset: "carrot",
  destination_hosts: ["shop.example"],
};
const person = { username: "newcomer", name: "New Comer", email: "new@example.com" };

describe("invalid input gets an error with its field", () => {
  const link = () => ({ program: story.program, affiliate: story.a.username, destination: "https://shop.example/" });
  const cases: [string, string, () => unknown, number, string, string | undefined][] = [
    ["a slug that is none", "/v1/programs", () => ({ ...program, slug: "No Good" }), 422, "invalid_slug", "slug"],
    [
      "an unknown currency",
      "/v1/programs",
      () => ({ ...program, currency: "XXQ" }),
      422,
      "invalid_currency",
      "currency",
    ],
    ["an unknown preset", "/v1/programs", () => ({ ...program, preset: "none" }), 422, "invalid_preset", "preset"],
    [
      "terms out of range",
      "/v1/programs",
      () => ({ ...program, terms: { cookie_days: 0 } }),
      422,
      "invalid_terms_cookie_days",
      "terms.cookie_days",
    ],
    [
      "a host that is a URL",
      "/v1/programs",
      () => ({ ...program, destination_hosts: ["https://shop.example"] }),
      422,
      "invalid_destination_hosts",
      "destination_hosts.0",
    ],
    [
      "a fallback that is not a web page",
      "/v1/programs",
      () => ({ ...program, fallback_url: "javascript:alert(1)" }),
      422,
      "invalid_fallback_url",
      "fallback_url",
    ],
    ["a field unknown to us", "/v1/programs", () => ({ ...program, colour: "red" }), 422, "unknown_field", "colour"],
    ["a slug taken", "/v1/programs", () => ({ ...program, slug: story.program }), 409, "program_exists", undefined],
    [
      "an invalid email address",
      "/v1/affiliates",
      () => ({ ...person, email: "nobody" }),
      422,
      "invalid_email",
      "email",
    ],
    [
      "an unknown sponsor",
      "/v1/affiliates",
      () => ({ ...person, sponsor: "nobody" }),
      422,
      "affiliate_not_found",
      "sponsor",
    ],
    [
      "an existing username",
      "/v1/affiliates",
      () => ({ ...person, username: story.a.username }),
      409,
      "affiliate_exists",
      undefined,
    ],
    ["an unknown program", "/v1/links", () => ({ ...link(), program: "none" }), 422, "program_not_found", "program"],
    ["a reserved slug", "/v1/links", () => ({ ...link(), slug: "Admin" }), 422, "invalid_slug", "slug"],
    [
      "an existing link slug",
      "/v1/links",
      () => ({ ...link(), slug: story.a.slug.toUpperCase() }),
      409,
      "slug_taken",
      "slug",
    ],
    [
      "a destination on another host",
      "/v1/links",
      () => ({ ...link(), destination: "https://evil.example/" }),
      422,
      "invalid_destination",
      "destination",
    ],
    [
      "a tracking link without a channel",
      "/v1/links",
      () => ({ ...link(), kind: "tracking" }),
      422,
      "invalid_channel",
      "channel",
    ],
    ["not an object", "/v1/links", () => [], 422, "invalid_body", undefined],
  ];
  test.each(cases)("%s", async (_, path, body, status, code, field) => {
    const answer = await admin("POST", path, body());
    expect([answer.status, answer.json.code, answer.json.field]).toEqual([status, code, field]);
    expect(answer.json.detail).toBeTruthy();
  });

  test("a body that isn't JSON", async () => {
    const response = await send("/v1/links", {
      method: "POST",
      body: "{",
      headers: { Authorization: `Bearer ${env.ADMIN_TOKEN}` },
    });
    expect([response.status, response.headers.get("content-type")]).toEqual([422, "application/problem+json"]);
    expect(await response.json()).toMatchObject({ code: "invalid_json" });
  });

  test("unknown names in a path get a 404", async () => {
    const paths = [
      "/v1/links/none",
      "/v1/conversions/cv_none",
      "/v1/programs/none/affiliates/x",
      `/v1/programs/${story.program}/affiliates/none`,
    ];
    for (const path of paths) expect((await admin("GET", path)).status, path).toBe(404);
    expect((await admin("POST", `/v1/programs/${story.program}/endpoints`, { source: "fax" })).json.code).toBe(
      "invalid_source",
    );
    expect((await admin("PATCH", `/v1/links/${story.a.slug}`, {})).json.code).toBe("invalid_body");
    expect((await admin("GET", `/v1/links/${story.a.slug}/clicks?limit=0`)).json.code).toBe("invalid_limit");
    expect((await admin("GET", "/v1/conversions?cursor=x")).json.code).toBe("invalid_cursor");
  });

  test("an affiliate that is not enrolled gets no link", async () => {
    await admin("POST", "/v1/affiliates", { ...person, username: "outsider", email: "outsider@example.com" });
    const answer = await admin("POST", "/v1/links", { ...link(), affiliate: "outsider" });
    expect([answer.status, answer.json.code]).toEqual([422, "affiliate_not_enrolled"]);
  });
});

describe("created records are returned as created", () => {
  test("a program without a preset or terms pays nothing until they are set", async () => {
    const { status, json } = await admin("POST", "/v1/programs", { ...program, slug: "plain", preset: undefined });
    expect([status, json.terms]).toMatchObject([201, { cookie_days: 30, rates: [{ rate_bps: 0 }] }]);
  });

  test.each([
    ["co.uk", 422],
    ["github.io", 422],
    ["localhost", 422],
    ["elsewhere.example", 422],
    ["shop.example:8080", 422],
    [".shop.example", 201],
    ["go.shop.example", 201],
  ])("the cookie domain %s for the host go.shop.example: %d", async (cookie_domain, status) => {
    const slug = `cookie-${cookie_domain.replaceAll(".", "-")}`;
    const redirect_host = status === 201 ? `${slug}.go.shop.example` : "go.shop.example";
    const made = await admin("POST", "/v1/programs", { ...program, slug, cookie_domain, redirect_host });
    expect([made.status, made.json.field]).toEqual([status, status === 201 ? undefined : "cookie_domain"]);
  });

  test("a program's settings can be changed later", async () => {
    const { status, json } = await admin("PATCH", `/v1/programs/${story.program}`, {
      cookie_mode: "consent",
      referral_parameter: "via",
      kind: "reward",
    });
    expect([status, json]).toMatchObject([200, { cookie_mode: "consent", referral_parameter: "via", kind: "reward" }]);
    expect((await admin("PATCH", `/v1/programs/${story.program}`, { slug: "other" })).json.code).toBe("unknown_field");
  });

  test("a program from a preset, changed", async () => {
    const { json } = await admin("POST", "/v1/programs", { ...program, slug: "mine", terms: { hold_days: 7 } });
    expect(json).toMatchObject({
      slug: "mine",
      terms_version: 1,
      terms: {
        cookie_days: null,
        hold_days: 7,
        rates: [{ product: ["education"], rate_bps: 5_000 }, { rate_bps: 2_500 }],
      },
    });
  });

  test("a link", async () => {
    const { status, json } = await admin("POST", "/v1/links", {
      program: story.program,
      affiliate: story.a.username,
      destination: "https://SHOP.example/x?y=1#z",
      kind: "tracking",
      channel: "newsletter",
      expires_at: "2030-01-01T00:00:00+01:00",
    });
    expect([status, json]).toMatchObject([
      201,
      {
        slug: expect.stringMatching(/^[23456789abcdefghjkmnpqrstuvwxyz]{7}$/),
        destination: "https://shop.example/x?y=1#z",
        kind: "tracking",
        channel: "newsletter",
        expires_at: "2029-12-31T23:00:00.000Z",
        forward_query: false,
        disabled: false,
        clicks: 0,
        verdicts: {},
      },
    ]);
    expect(json.url).toBe(`${ORIGIN}/${json.slug}`);
    expect((await admin("GET", `/v1/links/${json.slug.toUpperCase()}`)).json).toEqual(json);
  });

  test("an endpoint shows its secret once, and stores it sealed", async () => {
    const { json } = await admin("POST", `/v1/programs/${story.program}/endpoints`, { source: "standard" });
    expect(json).toMatchObject({
      url: `${ORIGIN}/v1/webhooks/${json.id}`,
      secret: expect.stringMatching(/^whsec_.{44}$/),
    });
    const row = await env.DB.prepare("SELECT * FROM endpoints WHERE id = ?").bind(json.id).first();
    expect(JSON.stringify(row)).not.toContain(json.secret.slice(6, 30));
  });

  test.each(["enrollments", "enrolments"])("an enrollment and its status, at /%s", async (segment) => {
    const username = `newcomer-${segment}`;
    await admin("POST", "/v1/affiliates", {
      ...person,
      username,
      email: `${username}@x.example`,
      sponsor: story.a.username,
    });
    const path = `/v1/programs/${story.program}/${segment}`;
    const created = await admin("POST", path, { affiliate: username, status: "pending" });
    expect([created.status, created.json]).toMatchObject([201, { affiliate: username, status: "pending" }]);
    expect((await admin("POST", path, { affiliate: username })).json.code).toBe("already_enrolled");
    const changed = await admin("PATCH", `${path}/${username}`, { status: "approved" });
    expect([changed.status, changed.json.status]).toEqual([200, "approved"]);
    expect((await admin("GET", `/v1/programs/${story.program}/affiliates/${username}`)).json.status).toBe("approved");
  });
});

test("conversions are listed newest first, in pages", async () => {
  const { program, a, endpoint } = await setUp({ affiliates: 1 });
  const { token } = await click(a.slug);
  const ids: string[] = [];
  for (let n = 0; n < 5; n += 1) {
    const { json } = await postEvent(
      endpoint,
      sale({ click: token, occurred_at: new Date(Date.now() + n).toISOString() }),
    );
    ids.unshift(json.conversion);
  }
  const list = (query: string) => admin("GET", `/v1/conversions?program=${program}&limit=3${query}`);
  await eventually(async () => {
    const first = await list("");
    expect(first.json.data).toHaveLength(3);
    const second = await list(`&cursor=${first.json.next}`);
    const seen = [...first.json.data, ...second.json.data].map((row: { id: string }) => row.id);
    expect(new Set(seen)).toEqual(new Set(ids));
    expect(second.json.next).toBeNull();
  });
  expect((await admin("GET", `/v1/conversions?affiliate=${a.username}`)).json.data).toHaveLength(5);
  expect((await admin("GET", "/v1/conversions?affiliate=nobody")).json.code).toBe("affiliate_not_found");
});

test("a conversion is explained down to its ledger entries", async () => {
  const { a, endpoint } = await setUp({ affiliates: 1 });
  const posted = await postEvent(endpoint, sale({ product: "starter", click: (await click(a.slug)).token }));
  const { json } = await eventually(async () => {
    const found = await admin("GET", `/v1/conversions/${posted.json.conversion}`);
    expect(found.json.entries).toHaveLength(1);
    return found;
  });
  expect(json).toMatchObject({
    type: "sale",
    status: "recorded",
    attributed_to: a.username,
    link: a.slug,
    reason: "last_click",
    amount: 9_900,
    currency: "USD",
    product: "starter",
    explanation: {
      text: expect.stringContaining("Last click before the sale"),
      rule: { model: "last_click", window_days: 30 },
      touches: [{ affiliate: a.username, link: a.slug, outcome: "chosen" }],
      token_fault: null,
    },
    entries: [{ kind: "commission", amount: 3_960, rate_bps: 4_000, base_amount: 9_900, terms_version: 1 }],
  });
  await conversionThat(posted.json.conversion, { id: posted.json.conversion });
});
