/**
 * Corrects what a sale can be recorded without: a generic event isn't refused because of a description, a time or an empty id. Each
 * correction is noted on the delivery. Ids, amounts and currencies are never corrected.
 */
import { cutText } from "../../../lib/well-formed.ts";
import { readId } from "../../reading/read-fields.ts";

/** A body with its corrections, and a sentence about each. */
export interface CorrectedBody {
  json: unknown;
  notes: string[];
}

type Fields = Record<string, unknown>;
type Correction = (fields: Fields, note: (sentence: string) => void) => Fields;

/** The limit of every text of the generic event. */
const TEXT_CHARACTERS = 200;
/** Texts that many carts send empty where there are none. */
const DESCRIPTIONS = ["coupon", "product", "country", "platform", "payer"];
const COUNTRY = /^[A-Z]{2}$/;

const CORRECTIONS: readonly Correction[] = [
  dropEmpty,
  shortenTexts,
  correctCountry,
  dropEmptySubscription,
  dropOldTime,
];

/** Applies all corrections. Anything but an object stays as it is. */
export function correctBody(json: unknown): CorrectedBody {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return { json, notes: [] };
  const notes: string[] = [];
  const note = (sentence: string) => notes.push(sentence);
  const corrected = CORRECTIONS.reduce((fields, correct) => correct(fields, note), json as Fields);
  return { json: corrected, notes };
}

function dropEmpty({ coupons, ...fields }: Fields): Fields {
  const kept = Object.entries(fields).filter(([name, value]) => value !== "" || !DESCRIPTIONS.includes(name));
  const isCode = (code: unknown) => code !== "" && code !== null;
  return { ...Object.fromEntries(kept), coupons: Array.isArray(coupons) ? coupons.filter(isCode) : coupons };
}

function shortenTexts(fields: Fields, note: (sentence: string) => void): Fields {
  const shortened = ["product", "platform"].flatMap((name): [string, unknown][] => {
    const value = fields[name];
    if (value === undefined || value === null) return [];
    const text =
      readId(value)
        ?.replaceAll(/\p{Cc}+/gu, " ")
        .trim() ?? "";
    if (text === "") note(`${name} was left out, because it is not text.`);
    if (text.length > TEXT_CHARACTERS) note(`${name} was cut to ${TEXT_CHARACTERS} characters.`);
    return [[name, text === "" ? null : cutText(text, TEXT_CHARACTERS)]];
  });
  return { ...fields, ...Object.fromEntries(shortened) };
}

function correctCountry(fields: Fields, note: (sentence: string) => void): Fields {
  const { country } = fields;
  if (country === undefined || country === null) return fields;
  const code = typeof country === "string" ? country.trim().toUpperCase() : "";
  if (COUNTRY.test(code)) return { ...fields, country: code };
  note("country was left out, because it is not a code such as DE.");
  return { ...fields, country: null };
}

function dropEmptySubscription(fields: Fields, note: (sentence: string) => void): Fields {
  const subscription = fields.subscription;
  if (typeof subscription !== "object" || subscription === null || !Object.hasOwn(subscription, "id")) return fields;
  const { id } = subscription as Fields;
  if (id !== "" && id !== null) return fields;
  note("subscription was left out, because its id is empty.");
  return { ...fields, subscription: null };
}

/** A time before 1970 is a missing one, such as the year 1 of some programs. A time that can't be read is still refused. */
function dropOldTime(fields: Fields, note: (sentence: string) => void): Fields {
  const { occurred_at } = fields;
  const isMissing = occurred_at === undefined || occurred_at === null || occurred_at === "";
  const isOld = typeof occurred_at === "string" && Date.parse(occurred_at) < 0;
  if (!isMissing && !isOld) return fields;
  const fault = isMissing ? "is missing" : "is before 1970";
  note(`occurred_at ${fault}, so the time at which the event was received counts.`);
  return { ...fields, occurred_at: null };
}
