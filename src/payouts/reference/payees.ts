/** The calls of payment details and tax forms, for the reference. */
import type { Call } from "../../api/layout/reference/call.ts";
import { taxForm } from "../payees/api.ts";
import { paymentDetails } from "../payees/payment-details.ts";
import { payee } from "./schemas.ts";

const ERASED = { 409: ["affiliate_erased"] };

/** The calls of `payees/api.ts`, without the erasure. */
export const payeeCalls: readonly Call[] = [
  {
    route: "GET /affiliates/:username/payee",
    id: "getPayee",
    tag: "Payouts",
    summary: "Read how an affiliate is paid",
    text: "Details are masked. They are shown in full only in payment files.",
    answers: { 200: payee },
    sample: {},
  },
  {
    route: "PUT /affiliates/:username/payee",
    id: "setPayee",
    tag: "Payouts",
    summary: "Set payment details",
    text: "The affiliate gets an email about the change.",
    body: {
      schema: paymentDetails,
      fields: {
        method: "The payout method.",
        email: "The PayPal account.",
        address: "The payee's postal address. A bank account needs it.",
        "address.name": "The payee's name.",
        "address.street": "The street.",
        "address.city": "The city.",
        "address.state": "The state, where addresses have one.",
        "address.postcode": "The postal code.",
        "address.country": "ISO 3166-1 code.",
        account_holder: "The holder's name.",
        holder_type: "What the holder is. A business is an institution.",
        country: "The bank's country, ISO 3166-1.",
        currency: "The account's currency, ISO 4217.",
        iban: "The IBAN, where the country has one.",
        account_number: "The account number, where the country has no IBAN.",
        routing_number:
          "ABA routing number (US), sort code (GB), BSB (AU), or 0 with institution and transit number (CA).",
        account_type: "The kind of account.",
        bic: "The bank's BIC.",
        bank_name: "The bank's name.",
      },
      example: { method: "paypal", email: "ada@example.com" },
    },
    answers: { 200: payee },
    errors: { ...ERASED, 429: ["too_many_changes"] },
    sample: { path: { username: "ada" } },
  },
  {
    route: "DELETE /affiliates/:username/payee",
    id: "removePayee",
    tag: "Payouts",
    summary: "Erase payment details",
    answers: { 200: payee },
    sample: { path: { username: "ada" } },
  },
  {
    route: "PUT /affiliates/:username/tax-form",
    id: "setTaxForm",
    tag: "Payouts",
    summary: "Record that a tax form was received",
    body: {
      schema: taxForm,
      fields: { form: "Which form.", received_at: "When it was received. Now if left out; not in the future." },
      example: { form: "w9" },
    },
    answers: { 200: payee },
    errors: ERASED,
    sample: {},
  },
  {
    route: "DELETE /affiliates/:username/tax-form",
    id: "removeTaxForm",
    tag: "Payouts",
    summary: "Remove the record of a tax form",
    answers: { 200: payee },
    sample: { path: { username: "ada" } },
  },
];
