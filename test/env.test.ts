import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { readSettings } from "../src/env.ts";

const read = (changes: Record<string, string>) => readSettings({ ...env, ...changes });

test("the settings of the click log, and what they are where nothing is said", () => {
  expect(read({ CLICK_SINK: "", CLICK_RETENTION_DAYS: "" })).toMatchObject({
    click_sink: "queue",
    click_retention_days: 90,
  });
  expect(read({ CLICK_SINK: "d1", CLICK_RETENTION_DAYS: "30" })).toMatchObject({
    click_sink: "d1",
    click_retention_days: 30,
  });
});

test.each([
  ["ADMIN_TOKEN", "short"],
  ["TOKEN_KEYS", "AAAA"],
  ["VAULT_KEY", "not base64!"],
  ["CLICK_SINK", "kafka"],
  ["MAIL_FROM", "Portal <portal@example.com>"],
  ["PORTAL_ORIGIN", "http://go.example.com"],
  ["PORTAL_ORIGIN", "https://go.example.com/app"],
  ["PORTAL_ORIGIN", "go.example.com"],
  ["CLICK_RETENTION_DAYS", "7"],
  ["CLICK_RETENTION_DAYS", "90.5"],
  ["CLICK_RETENTION_DAYS", "for ever"],
])("%s=%s is refused by name", (name, value) => {
  expect(() => read({ [name]: value })).toThrow(name);
});
