/** Click counts in the reference. */
import * as v from "valibot";
import { count, named, object, text } from "../../api/layout/reference/fields.ts";
import { VERDICTS } from "../../redirect/click.ts";

/** The counts of a link, or of some days of it. */
export const counts = {
  clicks: count("Counted clicks.", 112),
  unique_visitors: count("Visitors, once per link and day.", 98),
  verdicts: v.pipe(
    v.record(v.picklist(VERDICTS), v.number()),
    v.description("All hits by verdict."),
    v.examples([{ counted: 112, bot: 9, duplicate: 4 }]),
  ),
};

/** Counted clicks by the values of a dimension. */
export const breakdown = named("Breakdown", {
  values: v.pipe(
    v.array(object({ value: text("The value.", "US"), clicks: count("Its clicks.", 80) })),
    v.description("Values with their clicks, most first."),
    v.examples([[{ value: "US", clicks: 80 }]]),
  ),
  exact: v.pipe(v.boolean(), v.description("Whether `values` are exact."), v.examples([true])),
  other: count("Clicks with other values.", 0),
  none: count("Clicks without a value.", 32),
});
