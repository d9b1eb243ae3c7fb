import { describe, expect, test } from "vitest";
import {
  maskDetails,
  maskEmail,
  maskNumber,
  maskText,
  summariseDetails,
} from "../../../src/payouts/payees/mask-details.ts";
import type { BankDetails } from "../../../src/payouts/payees/payment-details.ts";
import { fc } from "../../support/random.ts";

test.each([
  ["jane@example.com", "j•••@example.com"],
  ["j@example.com", "•••@example.com"],
  ["first.last+tag@mail.example.co.uk", "f•••@mail.example.co.uk"],
])("%s is shown as %s", (email, shown) => expect(maskEmail(email)).toBe(shown));

test.each([
  ["DE89370400440532013000", "•••• 3000"],
  ["12345678", "•••• 5678"],
  ["1234567", "•••• 67"],
  ["12345", "•••• 45"],
  ["1234", "••••"],
  ["", "••••"],
])("the number %s is shown as %s", (number, shown) => expect(maskNumber(number)).toBe(shown));

test.each([
  ["Jane", "J•••"],
  ["𝒥ane", "𝒥•••"],
  ["", "•••"],
])("the text %s is shown as %s", (text, shown) => expect(maskText(text)).toBe(shown));

describe("masks show at most", () => {
  test("one character of a mailbox, and none of a single character", () => {
    fc.assert(
      fc.property(fc.emailAddress(), (email) => {
        const local = email.slice(0, email.lastIndexOf("@"));
        const [shown = ""] = maskEmail(email).split("•••");
        expect(shown).toBe(local.length > 1 ? local.slice(0, 1) : "");
      }),
    );
  });

  test("four digits of a number, and never more than half", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z0-9]{0,34}$/), (number) => {
        const shown = maskNumber(number).replaceAll(/[• ]/g, "");
        expect(number.endsWith(shown)).toBe(true);
        expect(shown.length).toBeLessThanOrEqual(Math.min(4, number.length / 2));
      }),
    );
  });

  test("no full number, holder or address of an account", () => {
    const secret = fc.stringMatching(/^[B-Z][a-z]{7,20}$/);
    const number = fc.stringMatching(/^[0-9]{8,17}$/);
    fc.assert(
      fc.property(fc.tuple(secret, secret, secret, secret), number, number, (texts, account, routing) => {
        const [name, street, city, postcode] = texts;
        const details: BankDetails = {
          method: "bank",
          account_holder: name,
          holder_type: "person",
          country: "US",
          currency: "USD",
          iban: null,
          account_number: account,
          routing_number: routing,
          account_type: "checking",
          bic: null,
          bank_name: null,
          address: { name, street, city, state: postcode, postcode, country: "US" },
        };
        const shown = JSON.stringify(maskDetails(details)) + summariseDetails(details);
        for (const text of [...texts, account, routing]) expect(shown).not.toContain(text);
        expect(shown).not.toContain(account.slice(-5));
      }),
    );
  });
});
