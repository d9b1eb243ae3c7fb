/** The recorded merchant's setup: two programs, six affiliates, their links, coupons, payees and creatives. */
import type { LeftBehind } from "../fixture.ts";
import type { Player } from "../player.ts";

const START = "2026-01-05 09:00";

/** Endpoints and keys used by the rest of the story. */
export type SetUp = Pick<LeftBehind, "endpoints" | "keys">;

/** Sets everything up at the beginning of the story. */
export async function setUp(player: Player): Promise<SetUp> {
  const post = (path: string, body: unknown, idempotency_key?: string) =>
    player.must(START, "POST", path, body, idempotency_key === undefined ? {} : { idempotency_key });
  const keys = [await post("/v1/keys", { name: "Finance" }), await post("/v1/keys", { name: "Former employee" })];
  await player.must(START, "DELETE", `/v1/keys/${keys[1].id}`);
  await createPrograms(post);
  await createAffiliates(post);
  await createLinks(post);
  await post("/v1/coupons", { program: "hatch", affiliate: "maya", code: "MAYA10" });
  await createCreatives(post);
  await createPayees(player);
  return {
    endpoints: {
      orbit: await post("/v1/programs/orbit/endpoints", { source: "standard" }),
      hatch: await post("/v1/programs/hatch/endpoints", { source: "standard" }),
      test: await post("/v1/programs/orbit/endpoints", { source: "standard", test: true }),
      postback: await post("/v1/programs/orbit/endpoints", { source: "postback" }),
    },
    keys: { finance: keys[0].key, revoked: keys[1].key },
  };
}

type Post = (path: string, body: unknown, idempotency_key?: string) => Promise<unknown>;

async function createPrograms(post: Post): Promise<void> {
  await post("/v1/programs", {
    slug: "orbit",
    name: "Orbit",
    currency: "USD",
    preset: "kartra",
    terms: { cookie_days: 180, milestones: [{ commission: 20_000, repeats: true, bonus: 2_500 }] },
    destination_hosts: ["shop.example"],
    deep_links: true,
    referral_parameter: "via",
    payout_auto_draft: false,
  });
  await post("/v1/programs", {
    slug: "hatch",
    name: "Hatch",
    currency: "EUR",
    preset: "carrot",
    terms: {
      dispute_days: 60,
      payout: {
        basis: "earned",
        lag_months: 2,
        first_day: 10,
        last_day: 20,
        minimum: 2_500,
        minimums: [{ currency: "USD", amount: 1_000 }],
        gates: ["tax_form", "payment_details"],
        methods: ["paypal", "bank"],
      },
    },
    destination_hosts: ["hatch.example"],
    redirect_host: "go.hatch.example",
    cookie_mode: "consent",
    fallback_url: "https://hatch.example/ended",
    payout_approvals: 2,
    payout_auto_draft: false,
  });
}

async function createAffiliates(post: Post): Promise<void> {
  const sponsors: Record<string, string> = { leo: "maya", ines: "leo" };
  for (const username of ["maya", "leo", "ines", "omar", "tess", "nils"]) {
    const sponsor = sponsors[username];
    const email = `${username}@affiliates.example`;
    await post("/v1/affiliates", { username, name: `Affiliate ${username}`, email, ...(sponsor && { sponsor }) });
    await post("/v1/programs/orbit/enrolments", { affiliate: username });
  }
  for (const affiliate of ["maya", "leo", "omar"]) await post("/v1/programs/hatch/enrolments", { affiliate });
  await post("/v1/programs/hatch/enrolments", { affiliate: "tess", status: "pending" });
}

async function createLinks(post: Post): Promise<void> {
  const destination = "https://shop.example/pricing";
  const link = (affiliate: string, fields: Record<string, unknown> = {}) =>
    post("/v1/links", { program: "orbit", affiliate, slug: affiliate, destination, ...fields });
  await link("maya");
  await link("maya", { slug: "maya-news", kind: "tracking", channel: "newsletter", forward_query: true });
  await link("leo", { destination: `${destination}?click={click_id}&sub={sub1}` });
  await link("ines", {
    targets: [
      {
        countries: ["DE"],
        devices: ["desktop"],
        split: [
          { destination: "https://shop.example/de-a", weight: 70 },
          { destination: "https://shop.example/de-b", weight: 30 },
        ],
      },
    ],
  });
  await link("omar", { expires_at: "2026-07-01T00:00:00Z" });
  await link("omar", { slug: "omar-sale", kind: "tracking", channel: "sale", expires_at: "2026-01-12T00:00:00Z" });
  await link("tess", { click_cap: 2 });
  await link("nils");
  for (const affiliate of ["maya", "leo", "omar"]) {
    await post("/v1/links", { program: "hatch", affiliate, slug: affiliate, destination: "https://hatch.example/" });
  }
}

async function createCreatives(post: Post): Promise<void> {
  const path = "/v1/programs/orbit/creatives";
  const banner = { width: 728, height: 90, alt: "Orbit", destination_url: "https://shop.example/offer" };
  await post(path, { kind: "image", title: "Banner", url: "https://cdn.example/banner.png", ...banner }, "banner");
  await post(path, { kind: "text", title: "Email", text: "It's here.\nSee {link}" }, "email");
  await post(path, { kind: "resource", title: "Guide", url: "https://cdn.example/guide.pdf" }, "guide");
}

async function createPayees(player: Player): Promise<void> {
  const put = (path: string, body: unknown) => player.must(START, "PUT", path, body);
  const address = { name: "Omar Haddad", street: "Main St 1", city: "Berlin", postcode: "10115", country: "DE" };
  await put("/v1/affiliates/maya/payee", { method: "paypal", email: "maya@old-pay.example" });
  await put("/v1/affiliates/maya/payee", { method: "paypal", email: "maya@pay.example" });
  await put("/v1/affiliates/leo/payee", { method: "paypal", email: "leo@pay.example" });
  await put("/v1/affiliates/nils/payee", { method: "paypal", email: "nils@pay.example" });
  await put("/v1/affiliates/omar/payee", {
    ...{ method: "bank", account_holder: "Omar Haddad", country: "DE", currency: "EUR" },
    ...{ iban: "DE89370400440532013000", address },
  });
  for (const username of ["maya", "leo", "omar"]) await put(`/v1/affiliates/${username}/tax-form`, { form: "w8ben" });
  await player.must(START, "POST", "/v1/affiliates/omar/marks", { kind: "email", value: "omar.private@mail.example" });
  await player.must(START, "POST", "/v1/affiliates/omar/marks", { kind: "payment_details", value: "card-omar" });
}
