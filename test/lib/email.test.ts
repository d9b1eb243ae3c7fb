import { expect, test } from "vitest";
import { isEmailAddress, normalizeEmail } from "../../src/lib/email.ts";

test.each([
  "o'brien@example.com",
  "a&b@example.com",
  "!#$%&'*+/=?^_`{|}~-@example.com",
  '"two words"@example.com',
  "müller@example.de",
  "info@münchen.de",
  "用户@例子.广告",
  "a@xn--mnchen-3ya.de",
  "a@example.xn--p1ai",
  "a@many.sub.domains.example.museum",
  `${"x".repeat(64)}@example.com`,
])("%s is an address", (text) => expect(isEmailAddress(text)).toBe(true));

test.each([
  ...["", "nobody", "@example.com", "a@", "a@localhost", "a..b@example.com", ".a@example.com", "a@-x.com", "a@x_y.com"],
  ...["a b@example.com", "a@example.com ", "a\n@example.com", "a@example.com\nBcc: b@example.com", "<a@example.com>"],
  ...["A <a@example.com>", "a@example.com, b@example.com", "a@b@example.com", `${"x".repeat(65)}@example.com`],
  `a@${"x.".repeat(125)}com`,
])("%j is none", (text) => expect(isEmailAddress(text)).toBe(false));

test.each([
  [" Jane.Doe+tag@Example.COM ", "jane.doe@example.com"],
  ["J.D+x@googlemail.com", "jd@gmail.com"],
  ["+tag@example.com", "+tag@example.com"],
  ["O'Brien@example.com", "o'brien@example.com"],
  ["info@MÜNCHEN.de", "info@xn--mnchen-3ya.de"],
  ["info@xn--mnchen-3ya.de", "info@xn--mnchen-3ya.de"],
  ["mu\u0308ller@example.de", "müller@example.de"],
  ["a@b_c.example", "a@b_c.example"],
  ["a@1.2", "a@1.2"],
])("%j is normalized to %s", (text, normalized) => expect(normalizeEmail(text)).toBe(normalized));
