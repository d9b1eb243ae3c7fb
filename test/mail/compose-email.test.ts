/** Emails as text and HTML. */
import { describe, expect, test } from "vitest";
import { composeEmail, type EmailContent } from "../../src/mail/compose-email.ts";

const URL = "https://go.example.com/app/sign-in?token=a&b=1";
const write = (changes: Partial<EmailContent> = {}) =>
  composeEmail({
    ...{ to: "ada@example.com", subject: "Hello", paragraphs: ["Hi Ada,", URL], brand: null },
    ...{ links: [{ url: URL, label: "Sign in" }], ...changes },
  });

test("the text has the paragraphs, the HTML a button with the whole URL below", () => {
  const { text, html } = write();
  expect(text).toBe(`Hi Ada,\n\n${URL}\n`);
  const escaped = URL.replaceAll("&", "&amp;");
  expect(html).toMatch(new RegExp(`<a href="${escaped.replaceAll(/[?.]/g, "\\$&")}"[^>]*>Sign in</a>`));
  expect(html).toContain(`>${escaped}</span>`);
});

test("a line that ends with a URL is a link named by what is before it", () => {
  const { html } = write({ paragraphs: [`Manage your emails: ${URL}\nSecond line`] });
  expect(html).toMatch(/<a href="[^"]+">Manage your emails<\/a><br>Second line/);
});

test("texts from others stay text, and add no links", () => {
  const { html } = write({
    paragraphs: ["<script>alert(1)</script>", "https://evil.example", "Sale: “https://evil.example”"],
    brand: { name: "<b>Shop</b>", color: null, logo_url: null, support_email: null },
  });
  expect(html).not.toMatch(/<script|<b>|href="https:\/\/evil/);
  expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
});

describe("a program's brand", () => {
  const brand = {
    name: "Orbit",
    color: "#ffee00",
    logo_url: "https://orbit.example/l.png",
    support_email: "help@orbit.example",
  };
  test("names the sender, takes replies, and colors the button so that its text can be read", () => {
    const email = write({ brand });
    expect([email.from_name, email.reply_to]).toEqual(["Orbit", "help@orbit.example"]);
    expect(email.html).toContain('src="https://orbit.example/l.png"');
    expect(email.html).toContain("background:#ffee00;color:#10201e");
    expect(email.text).toContain("Questions? Write to help@orbit.example.");
  });
  test("without one, nothing is fetched", () => {
    expect(write().html).not.toMatch(/src=|url\(/);
  });
});
