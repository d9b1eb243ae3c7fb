/** What the API answers about conversions, as the console's pages read it. */
import type * as v from "valibot";
import type { conversion, creditPreview, explainedConversion } from "../reference/schemas.ts";

export type ConversionRow = v.InferOutput<typeof conversion>;
export type ConversionDetails = v.InferOutput<typeof explainedConversion>;
export type CreditEffect = v.InferOutput<typeof creditPreview>;
