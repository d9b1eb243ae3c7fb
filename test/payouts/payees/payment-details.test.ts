import { expect, test } from "vitest";
import { parseFields } from "../../../src/lib/validation.ts";
import {
  accountKindOf,
  packDetails,
  paymentDetails,
  unpackDetails,
} from "../../../src/payouts/payees/payment-details.ts";
import { fc } from "../../support/random.ts";

const address = { name: "Jo Doe", street: "1 Main St", city: "Town", postcode: "12345", country: "US" };
const account = { method: "bank", account_holder: "Jo Doe", currency: "USD", address };

/** The invalid field, or null, and the kind of identifier of the account. */
function read(input: Record<string, unknown>): { fault: string | null; kind: string | null } {
  try {
    const details = parseFields(paymentDetails, { ...account, ...input });
    return { fault: null, kind: details.method === "bank" ? accountKindOf(details) : null };
  } catch (error) {
    return { fault: (error as { field: string | null }).field, kind: null };
  }
}

test.each([
  ["US, both numbers", { country: "US", account_number: "1234 5678", routing_number: "021000021" }, "aba"],
  ["GB, sort code", { country: "gb", account_number: "31926819", routing_number: "60-16-13" }, "sort_code"],
  ["GB, IBAN", { country: "GB", iban: "GB29 NWBK 6016 1331 9268 19" }, "iban"],
  ["AU", { country: "AU", account_number: "12345678", routing_number: "062-000" }, "australian"],
  ["CA", { country: "CA", account_number: "1234567", routing_number: "000312345" }, "canadian"],
  ["IN, by BIC", { country: "IN", account_number: "12345678", bic: "hdfcinbb" }, "swift"],
  ["FR, IBAN", { country: "FR", iban: "FR1420041010050500013M02606" }, "iban"],
])("%s is accepted", (_, input, kind) => expect(read(input)).toEqual({ fault: null, kind }));

test.each([
  [
    "US, a routing number with a typo",
    { country: "US", account_number: "12345678", routing_number: "021000022" },
    "routing_number",
  ],
  ["US, no routing number", { country: "US", account_number: "12345678" }, "routing_number"],
  ["US, no account", { country: "US", routing_number: "021000021" }, "account_number"],
  [
    "GB, an account of seven digits",
    { country: "GB", account_number: "3192681", routing_number: "601613" },
    "account_number",
  ],
  [
    "GB, a sort code of five digits",
    { country: "GB", account_number: "31926819", routing_number: "60161" },
    "routing_number",
  ],
  [
    "CA, only a transit number",
    { country: "CA", account_number: "1234567", routing_number: "12345678" },
    "routing_number",
  ],
  ["IN, no BIC", { country: "IN", account_number: "12345678" }, "bic"],
  ["FR, no IBAN", { country: "FR", account_number: "12345678", bic: "BNPAFRPP" }, "iban"],
  ["an account number that is a formula", { country: "IN", account_number: "=1+1", bic: "HDFCINBB" }, "account_number"],
  ["an unknown currency", { country: "FR", iban: "FR1420041010050500013M02606", currency: "XYZ" }, "currency"],
  ["a street that is a formula", { country: "US", address: { ...address, street: "@SUM(A1)" } }, "address.street"],
])("%s is refused", (_, input, field) => expect(read(input).fault).toBe(field));

test("a wrong digit in an IBAN is always found", () => {
  const iban = "DE89370400440532013000";
  fc.assert(
    fc.property(fc.integer({ min: 2, max: iban.length - 1 }), fc.integer({ min: 1, max: 9 }), (at, by) => {
      const digit = String((Number(iban[at]) + by) % 10);
      const slipped = iban.slice(0, at) + digit + iban.slice(at + 1);
      expect(read({ country: "DE", iban: slipped }).fault).toBe("iban");
    }),
  );
});

test("details are the same after sealing and opening", () => {
  const details = parseFields(paymentDetails, { ...account, country: "DE", iban: "DE89 3704 0044 0532 0130 00" });
  expect(unpackDetails(packDetails(details))).toEqual(details);
});
