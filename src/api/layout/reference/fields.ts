/** Schemas of response fields: each with what it means and an example, from which whole examples are composed. */
import * as v from "valibot";

/** The time of all examples. */
const EXAMPLE_TIME = "2026-03-02T09:30:00.000Z";

/** Text. */
export const text = (meaning: string, example: string) =>
  v.pipe(v.string(), v.description(meaning), v.examples([example]));

/** Text in a format. */
export const matching = (pattern: RegExp, meaning: string, example: string) =>
  v.pipe(v.string(), v.regex(pattern), v.description(meaning), v.examples([example]));

/** ISO 8601 in UTC. */
export const time = (meaning: string, example = EXAMPLE_TIME) =>
  v.pipe(v.string(), v.isoTimestamp(), v.description(meaning), v.examples([example]));

/** A day, UTC. */
export const day = (meaning: string, example = "2026-03-02") =>
  v.pipe(v.string(), v.isoDate(), v.description(meaning), v.examples([example]));

/** A whole number of 0 or more. */
export const count = (meaning: string, example: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(0), v.description(meaning), v.examples([example]));

/** Minor units of a currency, which may be negative. */
export const amount = (meaning: string, example: number) =>
  v.pipe(v.number(), v.integer(), v.description(meaning), v.examples([example]));

/** True or false. */
export const flag = (meaning: string, example: boolean) =>
  v.pipe(v.boolean(), v.description(meaning), v.examples([example]));

/** One of some words, of which the first is the example, or another one. */
export const oneOf = <const Word extends string>(words: readonly Word[], meaning: string, example?: Word) =>
  v.pipe(v.picklist(words), v.description(meaning), v.examples(example === undefined ? words.slice(0, 1) : [example]));

/** Null, where `meaning` of the schema says when. The example is the schema's. */
export const orNull = v.nullable;

/** Null in the example too. */
export const mostlyNull = <const Schema extends v.GenericSchema>(schema: Schema) =>
  v.pipe(v.nullable(schema), v.examples([null]));

/** A list with what it holds. */
export const listOf = <const Item extends v.GenericSchema>(item: Item, meaning: string, example?: unknown[]) =>
  example === undefined
    ? v.pipe(v.array(item), v.description(meaning))
    : v.pipe(v.array(item), v.description(meaning), v.examples([example]));

/** An object with all of these fields and no others. */
export const object = v.strictObject;

/** An object that is a component of the document: it has its name there, and is referred to. */
export const named = <const Entries extends v.ObjectEntries>(name: string, entries: Entries) =>
  v.pipe(v.strictObject(entries), v.title(name));

/** ISO 4217. */
export const currency = text("ISO 4217 currency code.", "USD");

/** A program's slug. */
export const program = text("The program's slug.", "orbit");

/** An affiliate's username. */
export const affiliate = text("The affiliate's username.", "maya");

/** When something was created. */
export const created_at = time("When it was created.");

/** A page of a list. */
export const pageOf = <const Item extends v.GenericSchema>(item: Item) =>
  v.strictObject({
    data: listOf(item, "The rows of this page."),
    next: v.pipe(
      v.nullable(v.string()),
      v.description("Send it as `cursor` to get the next page. Null on the last page."),
      v.examples([null]),
    ),
  });

/** A list that is never cut into pages. */
export const wholeListOf = <const Item extends v.GenericSchema>(item: Item) =>
  v.strictObject({
    data: listOf(item, "All rows."),
    next: v.pipe(v.null(), v.description("Always null: the list is complete."), v.examples([null])),
  });
