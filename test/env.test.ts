import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { readMailSettings, readSettings } from "../src/env.ts";
import worker from "./support/current-worker.ts";
import { setUp } from "./support/story.ts";

const read = (changes: Record<string, string>) => readSettings({ ...env, ...changes });

test("reads the settings of the click log, with defaults", () => {
  expect(read({ CLICK_SINK: "", CLICK_RETENTION_DAYS: "" })).toMatchObject({
    click_sink: "queue",
    click_retention_days: 90,
    payout_details_wait_days: 3,
  });
  expect(read({ CLICK_SINK: "d1", CLICK_RETENTION_DAYS: "30", PAYOUT_DETAILS_WAIT_DAYS: "0" })).toMatchObject({
    click_sink: "d1",
    click_retention_days: 30,
    payout_details_wait_days: 0,
  });
});

test.each([
  ["ADMIN_TOKEN", "short"],
  ["TOKEN_KEYS", "AAAA"],
  ["VAULT_KEY", "not base64!"],
  ["CLICK_SINK", "kafka"],
  ["CLICK_RETENTION_DAYS", "7"],
  ["CLICK_RETENTION_DAYS", "90.5"],
  ["CLICK_RETENTION_DAYS", "for ever"],
  ["PAYOUT_DETAILS_WAIT_DAYS", "31"],
  ["PAYOUT_DETAILS_WAIT_DAYS", "-1"],
])("%s=%s is refused by name", (name, value) => {
  expect(() => read({ [name]: value })).toThrow(name);
});

test.each([
  ["MAIL_FROM", "Portal <portal@example.com>"],
  ["PORTAL_ORIGIN", "http://go.example.com"],
  ["PORTAL_ORIGIN", "https://go.example.com/app"],
  ["PORTAL_ORIGIN", "go.example.com"],
])("%s=%s is refused by name in the health check, and breaks no link or page", async (name, value) => {
  const wrong = { ...env, MAIL_FROM: "portal@example.com", [name]: value };
  expect(readMailSettings(wrong)).toEqual({
    mail_from: null,
    portal_origin: null,
    api: null,
    fault: expect.stringContaining(name),
  });
  const { a } = await setUp({ affiliates: 1 });
  const ask = async (path: string) => {
    const ctx = createExecutionContext();
    const response = await worker.fetch?.(new Request(`https://go.example.com${path}`) as never, wrong, ctx);
    await waitOnExecutionContext(ctx);
    return response;
  };
  const health = await ask("/healthz");
  expect([health?.status, await health?.text()]).toEqual([503, expect.stringContaining(name)]);
  expect((await ask(`/${a.slug}`))?.status).toBe(302);
  expect((await ask("/app/sign-in"))?.status).toBe(200);
});

test("PORTAL_ORIGIN is normalized to an origin", () => {
  const { portal_origin } = readMailSettings({ ...env, PORTAL_ORIGIN: "https://GO.example.com/" });
  expect(portal_origin).toBe("https://go.example.com");
});
