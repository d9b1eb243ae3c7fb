/** Cloudflare Access as a second way into the console, with tokens as Access signs them. */
import { env } from "cloudflare:workers";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { findAccessSession } from "../../src/console/layout/access-resolver.ts";
import { listSettingFaults } from "../../src/env.ts";
import { admin } from "../support/story.ts";
import { createUser } from "../support/users.ts";

const AUDIENCE = "a".repeat(64);
let team = 0;
let asked = 0;
let keys: object[] = [];
let now = Date.UTC(2026, 10, 30);

beforeEach(() => {
  team += 1;
  [asked, keys, now] = [0, [], now + 86_400_000];
  vi.spyOn(console, "error").mockImplementation(() => {});
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
    asked += 1;
    expect(String(input)).toBe(`https://team${team}.cloudflareaccess.com/cdn-cgi/access/certs`);
    return keys.length === 0 ? new Response(null, { status: 500 }) : Response.json({ keys });
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

const settings = () => ({ ...env, ACCESS_TEAM: `team${team}.cloudflareaccess.com`, ACCESS_AUDIENCE: AUDIENCE });

async function newSigner(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
  const sign = (claims: JWTPayload, header: Record<string, string> = {}) =>
    new SignJWT({
      ...{ iss: `https://team${team}.cloudflareaccess.com`, aud: [AUDIENCE], sub: "7335d417", type: "app" },
      ...{ iat: now / 1_000, nbf: now / 1_000, exp: now / 1_000 + 3_600 },
      ...claims,
    })
      .setProtectedHeader({ alg: "RS256", kid, ...header })
      .sign(privateKey);
  return { sign, jwk: { ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" } };
}

const open = (token: string, at = now) =>
  findAccessSession(settings(), new Headers({ "Cf-Access-Jwt-Assertion": token }), at);

test("a visitor who has passed Access is signed in as the user with that address, while the user is on the team", async () => {
  const [user, { sign, jwk }] = [await createUser("finance"), await newSigner("k1")];
  keys = [jwk];
  const token = await sign({ email: user.email.toUpperCase() });
  expect(await open(token)).toMatchObject({
    name: user.name,
    actor: { user_id: user.id, role: "finance", key_id: null },
  });
  expect(await open(await sign({ email: "stranger@merchant.example" }))).toBeNull();
  await admin("DELETE", `/v1/users/${user.id}`);
  expect(await open(token)).toBeNull();
  expect(asked).toBe(1);
});

describe("a token is refused", () => {
  test.each<[string, JWTPayload]>([
    ["of another application", { aud: ["b".repeat(64)] }],
    ["of another team", { iss: "https://evil.cloudflareaccess.com" }],
    ["that has expired", { exp: 1 }],
    ["that isn't valid yet", { nbf: 4_000_000_000 }],
    ["of a service, which has no address", { email: undefined }],
  ])("%s", async (_, claims) => {
    const [user, { sign, jwk }] = [await createUser("owner"), await newSigner("k1")];
    keys = [jwk];
    expect(await open(await sign({ email: user.email }))).not.toBeNull();
    expect(await open(await sign({ email: user.email, ...claims }))).toBeNull();
  });

  test("that another key has signed, or nobody", async () => {
    const [user, own, foreign] = [await createUser("owner"), await newSigner("k1"), await newSigner("k1")];
    keys = [own.jwk];
    expect(await open(await foreign.sign({ email: user.email }))).toBeNull();
    const [, payload] = (await own.sign({ email: user.email })).split(".");
    const header = btoa(JSON.stringify({ alg: "none", kid: "k1" })).replaceAll("=", "");
    for (const token of [`${header}.${payload}.`, "nonsense", ""]) expect(await open(token)).toBeNull();
  });
});

test("a new key is looked up once, not for each token with an unknown one", async () => {
  const [user, old, fresh] = [await createUser("owner"), await newSigner("k1"), await newSigner("k2")];
  keys = [old.jwk];
  expect(await open(await old.sign({ email: user.email }))).not.toBeNull();
  const token = await fresh.sign({ email: user.email });
  expect(await open(token, now + 1_000)).toBeNull();
  keys = [old.jwk, fresh.jwk];
  expect(await open(token, now + 61_000)).not.toBeNull();
  expect(asked).toBe(2);
});

test("while the keys can't be read, nobody is signed in by Access", async () => {
  const [user, { sign }] = [await createUser("owner"), await newSigner("k1")];
  expect(await open(await sign({ email: user.email }))).toBeNull();
});

test("without the settings the header means nothing, and a wrong setting is named", async () => {
  const [user, { sign, jwk }] = [await createUser("owner"), await newSigner("k1")];
  keys = [jwk];
  const headers = new Headers({ "Cf-Access-Jwt-Assertion": await sign({ email: user.email }) });
  expect(await findAccessSession(env, headers, now)).toBeNull();
  expect(listSettingFaults({ ...settings(), ACCESS_TEAM: "evil.example" })).toEqual([
    expect.stringContaining("ACCESS_TEAM must be your team's domain"),
  ]);
  expect(listSettingFaults(settings())).toEqual([]);
});
