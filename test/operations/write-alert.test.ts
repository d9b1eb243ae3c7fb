/** Alerts as their receivers take them. */
import { expect, test } from "vitest";
import type { Alert } from "../../src/operations/decide-alerts.ts";
import { writeAlertEmail, writeAlertWebhook } from "../../src/operations/write-alert.ts";

const SINCE = Date.UTC(2026, 10, 20, 9, 5);
const late: Alert = {
  kind: "new",
  since: SINCE,
  item: {
    ...{ name: "click_queue", status: "failing", values: { messages: 3 } },
    ...{ detail: "The oldest click has waited 2 hours to be stored.", fix: "Look at the log." },
  },
};
const resolved: Alert = {
  kind: "resolved",
  since: SINCE,
  item: { name: "dead_clicks", status: "ok", values: {}, detail: "No click is left unstored.", fix: null },
};

test("an email says what is wrong, since when, and what to do", () => {
  expect(writeAlertEmail("ops@example.com", [late, resolved])).toEqual({
    ...{ from_name: null, reply_to: null, html: expect.any(String) },
    to: "ops@example.com",
    subject: "Lastclick: failing: click queue",
    text: [
      "Failing: click_queue",
      "The oldest click has waited 2 hours to be stored.",
      "What to do: Look at the log.",
      "Since 2026-11-20 09:05 UTC",
      "",
      "Resolved: dead_clicks",
      "No click is left unstored.",
      "Since 2026-11-20 09:05 UTC",
      "",
      "All items: GET /v1/status",
      "",
    ].join("\n"),
    headers: { "Auto-Submitted": "auto-generated" },
  });
  const email = writeAlertEmail("ops@example.com", [resolved]);
  expect(email.subject).toBe("Lastclick: 1 problem resolved");
});

test("a webhook has the text that chats show, and the alerts as data for others", () => {
  const text = expect.stringMatching(/^Lastclick: failing: click queue\n\nFailing: click_queue\n/);
  expect(writeAlertWebhook("https://alerts.example.com/x", [late])).toEqual({
    text,
    status: "failing",
    alerts: [{ kind: "new", since: "2026-11-20T09:05:00.000Z", ...late.item }],
  });
  expect(writeAlertWebhook("https://hooks.slack.com/services/T/B/x", [late])).toEqual({ text });
  expect(writeAlertWebhook("https://chat.googleapis.com/v1/spaces/x", [late])).toEqual({ text });
  for (const host of ["discord.com", "discordapp.com", "ptb.discord.com"]) {
    const body = writeAlertWebhook(`https://${host}/api/webhooks/1/x`, [late]);
    expect(body).toEqual({ content: text, allowed_mentions: { parse: [] } });
  }
  expect(writeAlertWebhook("https://notdiscord.com/x", [late])).toHaveProperty("text");
});

test("a message for a chat is never too long for it", () => {
  const many = Array.from({ length: 50 }, () => late);
  expect(String(writeAlertWebhook("https://discord.com/x", many).content).length).toBe(1_900);
});
