/** Parameters that many calls share. */
import * as v from "valibot";
import type { PathParameter } from "./call.ts";

/** The query of every list. */
export const paging = {
  limit: v.pipe(
    v.number(),
    v.integer(),
    v.minValue(1),
    v.maxValue(200),
    v.description("Rows per page. 50 if left out."),
    v.examples([2]),
  ),
  cursor: v.pipe(v.string(), v.description("The `next` of the page before. Leave it out for the first page.")),
};

/** The query of a list that can be sorted by these fields. */
export const sorting = (...fields: readonly [string, ...string[]]) => ({
  sort: v.pipe(
    v.picklist(fields.flatMap((field) => [field, `-${field}`])),
    v.description(`The field to sort by, with a leading \`-\` for the other direction.`),
  ),
  ...paging,
});

/** A text parameter. */
export const parameter = (meaning: string) => v.pipe(v.string(), v.description(meaning));

/** A day as a parameter, UTC. */
export const dayParameter = (meaning: string) => v.pipe(v.string(), v.isoDate(), v.description(meaning));

/** A parameter with a choice. */
export const choiceParameter = (words: readonly string[], meaning: string) =>
  v.pipe(v.picklist(words), v.description(meaning));

/** Narrows a list to a program or an affiliate. */
export const filters = {
  program: parameter("Only of this program, by its slug."),
  affiliate: parameter("Only of this affiliate, by username."),
};

/** The parts of paths, by their names in the router. Calls can describe their own. */
export const PATH_PARAMETERS: Readonly<Record<string, PathParameter>> = {
  program: { text: "The program's slug.", example: "orbit", error: "program_not_found" },
  affiliate: { text: "The affiliate's username.", example: "maya", error: "affiliate_not_found" },
  username: { text: "The affiliate's username.", example: "maya", error: "affiliate_not_found" },
};
