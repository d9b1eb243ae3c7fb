/** Webhook endpoints: where their secrets come from, and how to rotate a secret without refused deliveries. */
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { admin, postEvent, sale, send, setUp } from "../support/story.ts";

const DAY = 86_400_000;

async function createEndpoint(program: string, body: unknown) {
  return admin("POST", `/v1/programs/${program}/endpoints`, body);
}

test("a secret that we create is shown once", async () => {
  const { program } = await setUp({ affiliates: 1 });
  const { status, json } = await createEndpoint(program, { source: "standard" });
  expect(status).toBe(201);
  expect(json).toEqual({
    id: expect.stringMatching(/^ep_/),
    program,
    source: "standard",
    url: `https://go.example.com/v1/webhooks/${json.id}`,
    test: false,
    disabled: false,
    has_api_key: false,
    secret: expect.stringMatching(/^whsec_/),
    secrets: [{ id: expect.stringMatching(/^sec_/), created_at: json.created_at, expires_at: null }],
    warnings: [],
    last_delivery_at: null,
    types: [],
    created_at: expect.stringMatching(/Z$/),
  });
  const one = await admin("GET", `/v1/programs/${program}/endpoints/${json.id}`);
  const { secret, ...shown } = json;
  expect(one.json).toEqual(shown);
  const { json: list } = await admin("GET", `/v1/programs/${program}/endpoints`);
  expect(list.data.map((row: { id: string }) => row.id)).toContain(json.id);
  expect(JSON.stringify([one.json, list])).not.toContain(secret);
});

test("a URL that contains its secret is shown with it once", async () => {
  const { program } = await setUp({ affiliates: 1 });
  const { json } = await createEndpoint(program, { source: "gumroad" });
  expect(json.url).toBe(`https://go.example.com/v1/webhooks/${json.id}/${json.secret}`);
  const { json: again } = await admin("GET", `/v1/programs/${program}/endpoints/${json.id}`);
  expect(again.url).toBe(`https://go.example.com/v1/webhooks/${json.id}/%3Csecret%3E`);
});

describe("a secret that the provider creates", () => {
  test("can be added later, because the provider needs our URL first; until then requests are refused", async () => {
    const { program } = await setUp({ affiliates: 1 });
    const { status, json: endpoint } = await createEndpoint(program, { source: "stripe" });
    expect([status, endpoint.secret, endpoint.secrets]).toEqual([201, null, []]);
    const post = () =>
      send(`/v1/webhooks/${endpoint.id}`, { method: "POST", body: "{}", headers: { "Stripe-Signature": "t=1,v1=00" } });
    expect((await post()).status).toBe(401);
    const secrets = `/v1/programs/${program}/endpoints/${endpoint.id}/secrets`;
    expect((await admin("POST", secrets, {})).json).toMatchObject({ status: 422, code: "invalid_secret" });
    expect((await admin("POST", secrets, { secret: "sk_live_wrong" })).json).toMatchObject({ code: "invalid_secret" });
    const added = await admin("POST", secrets, { secret: "whsec_0123456789abcdef0123456789abcdef" });
    expect([added.status, added.json.secret]).toEqual([201, null]);
    const { json } = await admin("GET", `/v1/programs/${program}/endpoints/${endpoint.id}`);
    expect(json.secrets).toHaveLength(1);
  });

  test("is refused where we create it", async () => {
    const { program } = await setUp({ affiliates: 1 });
    expect((await createEndpoint(program, { source: "standard", secret: "mine" })).json).toMatchObject({
      status: 422,
      code: "invalid_secret",
      field: "secret",
    });
  });
});

describe("rotation", () => {
  test("a new secret is valid together with the old one, until that expires or is deleted", async () => {
    const { program, endpoint } = await setUp({ affiliates: 1 });
    const path = `/v1/programs/${program}/endpoints/${endpoint.id}`;
    const { json: second } = await admin("POST", `${path}/secrets`, {
      expire_others_at: new Date(Date.now() + DAY).toISOString(),
    });
    const accepted = async (secret: string) => (await postEvent(endpoint, sale(), { secret })).status;
    expect([await accepted(endpoint.secret), await accepted(second.secret)]).toEqual([200, 200]);
    const { json: third } = await admin("POST", `${path}/secrets`, {
      expire_others_at: new Date(Date.now() - 1_000).toISOString(),
    });
    expect([await accepted(endpoint.secret), await accepted(second.secret), await accepted(third.secret)]).toEqual([
      401, 401, 200,
    ]);
    const both = await fetchSignedTwice(endpoint.id, [endpoint.secret, third.secret]);
    expect(both.status).toBe(200);
    expect((await admin("DELETE", `${path}/secrets/${third.id}`)).json).toMatchObject({ status: "deleted" });
    expect(await accepted(third.secret)).toBe(401);
    expect((await admin("DELETE", `${path}/secrets/${third.id}`)).status).toBe(404);
  });

  test("an expired secret does not become valid again", async () => {
    const { program, endpoint } = await setUp({ affiliates: 1 });
    const path = `/v1/programs/${program}/endpoints/${endpoint.id}/secrets`;
    const rotate = (at: number) => admin("POST", path, { expire_others_at: new Date(at).toISOString() });
    await rotate(Date.now() - 1_000);
    await rotate(Date.now() + DAY);
    expect((await postEvent(endpoint, sale())).status).toBe(401);
  });

  test("an endpoint has at most five", async () => {
    const { program, endpoint } = await setUp({ affiliates: 1 });
    const add = () => admin("POST", `/v1/programs/${program}/endpoints/${endpoint.id}/secrets`, {});
    for (let n = 2; n <= 5; n += 1) expect((await add()).status).toBe(201);
    expect((await add()).json).toMatchObject({ status: 409, code: "too_many_secrets" });
  });
});

/** A request with a signature by each of the secrets, as the specification describes for a rotation. */
function fetchSignedTwice(endpointId: string, secrets: string[]): Promise<Response> {
  const now = new Date();
  const body = JSON.stringify(sale());
  const headers = {
    "webhook-id": "msg_rotated",
    "webhook-timestamp": String(Math.floor(now.getTime() / 1_000)),
    "webhook-signature": secrets.map((secret) => new Webhook(secret).sign("msg_rotated", now, body)).join(" "),
  };
  return send(`/v1/webhooks/${endpointId}`, { method: "POST", body, headers });
}

test("a disabled endpoint refuses requests until it is enabled again", async () => {
  const { program, endpoint } = await setUp({ affiliates: 1 });
  const path = `/v1/programs/${program}/endpoints/${endpoint.id}`;
  expect((await admin("PATCH", path, { disabled: true })).json).toMatchObject({ disabled: true });
  expect((await postEvent(endpoint, sale())).json).toMatchObject({ status: 403, code: "endpoint_disabled" });
  await admin("PATCH", path, { disabled: false });
  expect((await postEvent(endpoint, sale())).status).toBe(200);
});

test("invalid fields are named, and endpoints of another program are not found", async () => {
  const { program, endpoint } = await setUp({ affiliates: 1 });
  const other = await setUp({ affiliates: 1 });
  expect((await createEndpoint(program, { source: "myspace" })).json).toMatchObject({ status: 422, field: "source" });
  expect((await createEndpoint(program, { source: "standard", colour: "red" })).json).toMatchObject({
    field: "colour",
  });
  const foreign = `/v1/programs/${other.program}/endpoints/${endpoint.id}`;
  expect((await admin("GET", foreign)).status).toBe(404);
  expect((await admin("PATCH", foreign, { disabled: true })).status).toBe(404);
  expect((await admin("POST", `${foreign}/secrets`, {})).status).toBe(404);
});

test("other methods are refused with the allowed one", async () => {
  const { endpoint } = await setUp({ affiliates: 1 });
  for (const method of ["GET", "HEAD", "PUT", "DELETE"]) {
    const answer = await send(`/v1/webhooks/${endpoint.id}`, { method });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST"]);
  }
  expect((await send("/v1/webhooks/ep_none")).status).toBe(404);
});

test("events of an endpoint in test mode are in test mode", async () => {
  const { program } = await setUp({ affiliates: 1 });
  const { json: endpoint } = await createEndpoint(program, { source: "standard", test: true });
  const { json } = await postEvent(endpoint, sale());
  expect((await admin("GET", `/v1/conversions/${json.conversion}`)).json).toMatchObject({ test: true });
  expect((await admin("GET", `/v1/conversions?program=${program}`)).json.data).toEqual([]);
});
