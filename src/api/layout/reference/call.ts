/**
 * Descriptions of the API's calls. They exist only for the OpenAPI document: no file of the Worker imports a `reference/` folder,
 * so their words and examples take no room in it.
 */
import type * as v from "valibot";

/** The chapters of the reference, in its order. */
export const TAGS = {
  Programs: "What a merchant sells through affiliates, and its terms.",
  Affiliates: "The people who promote a program, and their place in it.",
  Links: "Links and what is counted of their clicks.",
  Creatives: "Banners, texts and resources that affiliates use.",
  Checkouts: "Endpoints that receive sales, and everything that they received.",
  Conversions: "Leads, trials and sales, with the explanation of their credit.",
  Customers: "What is stored of a customer.",
  Ledger: "An affiliate's balances and each entry behind them.",
  Payouts: "Payment details, statements, payout runs and payment files.",
  Team: "Users with their roles, and API keys.",
  Operations: "The click log, and the state of the service.",
} as const;

/** One call of the API: what its route is, what it takes, and what it answers. */
export interface Call {
  /** As the router has it: `GET /programs/:program`, below `/v1`. A path from the root begins with `//`. */
  route: `${"GET" | "POST" | "PUT" | "PATCH" | "DELETE"} /${string}`;
  /** Older spellings of the route, which keep working. */
  aliases?: readonly string[];
  /** The path in the document, where the router's has a format: `…/statements/{number}.csv`. */
  documented_path?: string;
  /** `operationId`: unique, and stable, because generated clients name their functions after it. */
  id: string;
  tag: keyof typeof TAGS;
  /** A few words that begin with a verb. */
  summary: string;
  /** What the summary doesn't say, as Markdown. */
  text?: string;
  /** Further path parameters, or others than the usual ones of {@link PATH_PARAMETERS}. */
  path?: Readonly<Record<string, PathParameter>>;
  /** Query parameters. Optional, unless they are in `required_query`. */
  query?: Readonly<Record<string, v.GenericSchema>>;
  required_query?: readonly string[];
  body?: Body;
  /** By status. A string describes an answer without JSON. */
  answers: Readonly<Record<number, Answer>>;
  /** The codes of errors that only this call has, by status. See `listErrors` for the others. */
  errors?: Readonly<Record<number, readonly string[]>>;
  /** Statuses of errors whose codes are those of what a checkout sent. */
  refusals?: readonly number[];
  /** Whether the call needs an `Idempotency-Key`. Every other POST takes one. */
  needs_idempotency_key?: true;
  /** How the sender is proven. An API key, unless it says otherwise. */
  auth?: "none" | "signature";
  sample: Sample;
}

/** A part of the path. */
export interface PathParameter {
  text: string;
  example: string;
  /** The code of the 404 for a value that names nothing. */
  error?: string;
}

/** A request body. */
export type Body = JsonBody | FileBody;

/** JSON. `schema` is the one that the route validates with. */
export interface JsonBody {
  schema: v.GenericSchema;
  /** What each field means, by its path: `targets.split.weight`. Every field has a text. */
  fields: Readonly<Record<string, string>>;
  example: unknown;
}

/** Anything else. */
export interface FileBody {
  types: readonly string[];
  text: string;
  example: string;
}

/** A JSON answer, a file, or an answer without a body. */
export type Answer =
  | v.GenericSchema
  | { schema: v.GenericSchema; example: unknown }
  | { type: string; text: string }
  | { text: string };

/** How to try the call on the data of `npm run dev`. */
export interface Sample {
  /** Values of path parameters, where the usual examples don't fit. A shell variable is set in `before`. */
  path?: Readonly<Record<string, string>>;
  /** Query parameters to send: `program=orbit&limit=2`. */
  query?: string;
  /** Shell lines that look up what the call needs. */
  before?: readonly string[];
  /** Why the demo has nothing to try it on. */
  unavailable?: string;
  /** The URL as a word of the shell, where it isn't made from the path. */
  url?: string;
  /** Options of curl instead of the example body. */
  options?: string;
}
