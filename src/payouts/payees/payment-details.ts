/** Validates how an affiliate is paid, as far as possible without contacting a bank. */
import { countrySpecs, electronicFormatIBAN, isValidBIC, isValidIBAN } from "ibantools";
import * as v from "valibot";
import { currencyCode, emailAddress, shortText } from "../../lib/validation.ts";

/** Rejects text that a spreadsheet would treat as a formula. Escaping it in a payment file would change the payee. */
const NO_FORMULA = /^[^=+\-@＝＋－＠]/;

const plainText = v.pipe(shortText, v.trim(), v.regex(NO_FORMULA, "must not begin with =, +, - or @"));
const optionalText = v.optional(v.nullable(plainText), null);

/** ISO 3166-1 alpha-2. */
const country = v.pipe(
  v.string(),
  v.trim(),
  v.toUpperCase(),
  v.check((code) => Object.hasOwn(countrySpecs, code), "is not a country code such as DE"),
);

/** Account and bank numbers as people write them, without separators. */
const bankNumber = (least: number, most: number) =>
  v.pipe(
    v.string(),
    v.transform((text) => text.replaceAll(/[\s.-]/g, "").toUpperCase()),
    v.regex(/^[A-Z0-9]*$/, "must hold digits and letters only"),
    v.minLength(least, `must have at least ${least} characters`),
    v.maxLength(most, `must have at most ${most} characters`),
  );

const address = v.strictObject({
  name: plainText,
  street: plainText,
  city: plainText,
  state: optionalText,
  postcode: plainText,
  country,
});

/** Identifies the PayPal account by itself, so it must not be something a spreadsheet changes. */
const email = v.pipe(emailAddress, v.toLowerCase(), v.regex(NO_FORMULA));

const paypal = v.strictObject({
  method: v.literal("paypal"),
  email,
  address: v.optional(v.nullable(address), null),
});

const iban = v.pipe(
  v.string(),
  v.transform((text) => electronicFormatIBAN(text) ?? ""),
  v.check((text) => isValidIBAN(text), "is not an IBAN: please check it for a slip"),
);

const bic = v.pipe(
  v.string(),
  v.trim(),
  v.toUpperCase(),
  v.check((text) => isValidBIC(text), "is not a BIC of 8 or 11 characters"),
);

const bank = v.strictObject({
  method: v.literal("bank"),
  account_holder: plainText,
  /** Wise asks whether the holder is a person or an institution; a business is an institution. */
  holder_type: v.optional(v.picklist(["person", "institution"]), "person"),
  /** The bank's country. */
  country,
  /** The account's currency. */
  currency: currencyCode,
  iban: v.optional(v.nullable(iban), null),
  account_number: v.optional(v.nullable(bankNumber(4, 34)), null),
  /** ABA routing number (US), sort code (GB), BSB (AU), or 0 followed by institution and transit number (CA). */
  routing_number: v.optional(v.nullable(bankNumber(6, 9)), null),
  account_type: v.optional(v.picklist(["checking", "savings"]), "checking"),
  bic: v.optional(v.nullable(bic), null),
  bank_name: optionalText,
  address,
});

export type PaypalDetails = v.InferOutput<typeof paypal>;
export type BankDetails = v.InferOutput<typeof bank>;
export type PaymentDetails = PaypalDetails | BankDetails;
export type PaymentMethod = PaymentDetails["method"];

/** How a bank identifies an account. */
export type AccountKind = "iban" | "aba" | "sort_code" | "australian" | "canadian" | "swift";

/** Countries with local account numbers, and their formats. */
const LOCAL_ACCOUNTS: Readonly<
  Record<string, { kind: AccountKind; routing: RegExp; routing_name: string; account: RegExp }>
> = {
  US: { kind: "aba", routing: /^\d{9}$/, routing_name: "an ABA routing number of 9 digits", account: /^\d{4,17}$/ },
  GB: { kind: "sort_code", routing: /^\d{6}$/, routing_name: "a sort code of 6 digits", account: /^\d{8}$/ },
  AU: { kind: "australian", routing: /^\d{6}$/, routing_name: "a BSB of 6 digits", account: /^\d{4,9}$/ },
  CA: {
    kind: "canadian",
    routing: /^0\d{8}$/,
    routing_name: "0, the institution's 3 and the transit's 5 digits",
    account: /^\d{7,12}$/,
  },
};

/** How an account is identified: by its IBAN if it has one, else by its country's rules, else by SWIFT. */
export function accountKindOf({ iban, country }: Pick<BankDetails, "iban" | "country">): AccountKind {
  if (iban !== null) return "iban";
  return LOCAL_ACCOUNTS[country]?.kind ?? "swift";
}

/** The fields of a bank account that a form asks for. */
export interface BankFields {
  names: readonly ("iban" | "account_number" | "routing_number" | "account_type" | "bic" | "bank_name")[];
  kind: AccountKind;
  /** Whether addresses have a state. */
  has_state: boolean;
}

const HAVE_STATES: ReadonlySet<string> = new Set(["AU", "BR", "CA", "IN", "MX", "MY", "US"]);

/** What identifies an account in a country: an IBAN where accounts have one, a local number, or an account at a BIC. */
export function bankFieldsOf(country: string): BankFields {
  const kind = LOCAL_ACCOUNTS[country]?.kind ?? (countrySpecs[country]?.IBANRegistry === true ? "iban" : "swift");
  const names: Record<AccountKind, BankFields["names"]> = {
    iban: ["iban"],
    aba: ["account_number", "routing_number", "account_type"],
    canadian: ["account_number", "routing_number", "account_type"],
    sort_code: ["account_number", "routing_number"],
    australian: ["account_number", "routing_number"],
    swift: ["account_number", "bic", "bank_name"],
  };
  return { names: names[kind], kind, has_state: HAVE_STATES.has(country) };
}

/** Finds a missing or invalid field of a bank account for its country, or null. */
export function findBankFault(details: BankDetails): { field: keyof BankDetails; fault: string } | null {
  const { iban, account_number, routing_number, bic, country } = details;
  if (iban !== null) {
    return iban.startsWith(country) ? null : { field: "iban", fault: `is of another country than ${country}` };
  }
  const local = LOCAL_ACCOUNTS[country];
  if (local === undefined && countrySpecs[country]?.IBANRegistry === true) {
    return { field: "iban", fault: "is missing: accounts in this country have one" };
  }
  if (account_number === null) return { field: "account_number", fault: "is missing" };
  if (local === undefined) {
    return bic === null ? { field: "bic", fault: "is missing: without an IBAN the bank is known by it" } : null;
  }
  if (routing_number === null || !local.routing.test(routing_number)) {
    return { field: "routing_number", fault: `must be ${local.routing_name}` };
  }
  if (local.kind === "aba" && !isAbaNumber(routing_number)) {
    return { field: "routing_number", fault: "is not an ABA routing number: please check it for a slip" };
  }
  return local.account.test(account_number)
    ? null
    : { field: "account_number", fault: "is not an account number of this country" };
}

/** ABA check digit: the digits weighted 3, 7, 1 must add up to a multiple of 10. */
function isAbaNumber(digits: string): boolean {
  const weights = [3, 7, 1];
  const sum = [...digits].reduce((total, digit, index) => total + Number(digit) * (weights[index % 3] ?? 0), 0);
  return sum % 10 === 0;
}

const checkedBank = v.pipe(
  bank,
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const found = findBankFault(dataset.value);
    if (found === null) return;
    const { field, fault } = found;
    addIssue({
      message: fault,
      path: [{ type: "object", origin: "value", input: dataset.value, key: field, value: dataset.value[field] }],
    });
  }),
);

/** The details accepted by the merchant API and the affiliate's form. */
export const paymentDetails = v.variant("method", [paypal, checkedBank]);

/** What identifies the account that details lead to, whatever its holder's name and address. */
export function accountOf(details: PaymentDetails): string {
  if (details.method === "paypal") return details.email;
  const { iban, country, routing_number, account_number } = details;
  return iban === null ? ["bank", country, routing_number, account_number].join(":") : `iban:${iban}`;
}

/** Serializes details for sealing. */
export function packDetails(details: PaymentDetails): string {
  return JSON.stringify(details);
}

/** Parses opened details. */
export function unpackDetails(text: string): PaymentDetails {
  return JSON.parse(text) as PaymentDetails;
}
