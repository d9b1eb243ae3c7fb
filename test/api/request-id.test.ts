/** Request ids: on every response but redirects, in problems, and in the log lines of their request. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import worker from "../support/current-worker.ts";
import { BROWSER, click, ORIGIN, send, setUp } from "../support/story.ts";

const RAY = "8f1b2c3d4e5f6a7b-FRA";
const authorized = { Authorization: `Bearer ${env.ADMIN_TOKEN}` };
const idOf = (response: Response) => response.headers.get("X-Request-Id");

test("every response of the API, the webhooks and the pages has an id of its own", async () => {
  const { endpoint, program } = await setUp({ affiliates: 1 });
  const responses = await Promise.all([
    send("/v1/programs", { headers: authorized }),
    send(`/v1/programs/${program}/statements`, { headers: authorized }),
    send("/v1/programs"),
    send("/v1/nothing", { headers: authorized }),
    send("/v1/programs", { method: "DELETE", headers: authorized }),
    send(`/v1/webhooks/${endpoint.id}`, { method: "POST", body: "{}" }),
    send("/v1/webhooks/unknown", { method: "POST", body: "{}" }),
    send("/v1/postback", { method: "PUT" }),
    send("/api/v2/track/sale", { method: "POST" }),
    send("/healthz"),
    send("/app"),
    send("/"),
  ]);
  const ids = responses.map(idOf);
  for (const id of ids) expect(id).toMatch(/^[\w-]{21}$/);
  expect(new Set(ids).size).toBe(responses.length);
});

test("the id is Cloudflare's where there is one", async () => {
  const answer = (ray: string) => send("/v1/programs", { headers: { ...authorized, "CF-Ray": ray } });
  expect(idOf(await answer(RAY))).toBe(RAY);
  for (const forged of ["jane@private.example", "x", `${RAY} more`])
    expect(idOf(await answer(forged))).not.toBe(forged);
});

test("a problem has the id of its response", async () => {
  const response = await send("/v1/programs/none", { headers: authorized });
  expect(await response.json()).toMatchObject({ code: "program_not_found", request_id: idOf(response) });
  const refused = await send("/v1/webhooks/unknown", { method: "POST", body: "{}" });
  expect(await refused.json()).toMatchObject({ code: "endpoint_not_found", request_id: idOf(refused) });
});

test("log lines have the id of the request that they belong to, also of requests at the same time", async () => {
  const logged = vi.spyOn(console, "error").mockImplementation(() => {});
  let failing = 0;
  const DB = new Proxy(env.DB, {
    get: (_, name) => () => {
      failing += 1;
      throw new Error(`no ${String(name)}`);
    },
  });
  const answers = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const ctx = createExecutionContext();
      const request = new Request(`${ORIGIN}/v1/programs`, { headers: authorized });
      const response = await worker.fetch?.(request as never, { ...env, DB }, ctx);
      await waitOnExecutionContext(ctx);
      return response;
    }),
  );
  const lines = logged.mock.calls.map(([line]) => line);
  logged.mockRestore();
  expect(failing).toBe(10);
  expect(lines.map(({ event }) => event)).toEqual(Array(10).fill("request_failed"));
  const ids = answers.map((answer) => answer?.headers.get("X-Request-Id"));
  expect(new Set(ids).size).toBe(10);
  expect(lines.map(({ request_id }) => request_id).sort()).toEqual(ids.sort());
});

test("a redirect has none", async () => {
  const { a } = await setUp({ affiliates: 1 });
  const followed = await click(a.slug, { headers: { "CF-Ray": RAY } });
  expect([followed.status, idOf(followed.response)]).toEqual([302, null]);
  const unknown = await send("/no-such-link", { headers: { "User-Agent": BROWSER } });
  expect([unknown.status, idOf(unknown)]).toEqual([404, null]);
});
