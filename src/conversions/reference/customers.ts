/** The calls of customers, for the reference. */
import * as v from "valibot";
import type { Call } from "../../api/layout/reference/call.ts";
import { count, flag, listOf, object, wholeListOf } from "../../api/layout/reference/fields.ts";
import { wantedCustomer } from "../customers/api.ts";

const FIELDS = {
  program: "The program's slug.",
  customer: "The customer's id at the checkout. Either this or `email`.",
  namespace:
    "Whose id it is: a provider's source, such as `stripe`, or empty for your own. Needed where several have the id.",
  email: "The customer's email address.",
};

const ids = (meaning: string, example: string) =>
  object({ count: count("How many there are.", 1), ids: listOf(v.string(), `${meaning} The first 100.`, [example]) });

const ERRORS = {
  404: ["customer_not_found"],
  409: ["customer_ambiguous"],
  422: ["program_not_found"],
  503: ["customer_busy", "erasure_incomplete"],
};

/** The calls of `customers/api.ts`. */
export const customerCalls: readonly Call[] = [
  {
    route: "POST /customers/find",
    id: "findCustomer",
    tag: "Customers",
    summary: "Find what is stored of a customer",
    text: "By id or email address, which are in the body because URLs end up in logs. Up to two: one of live mode, one of test mode.",
    body: { schema: wantedCustomer, fields: FIELDS, example: { program: "acme", customer: "cus_1" } },
    answers: {
      200: wholeListOf(
        object({
          test: flag("Whether the customer is from test mode.", false),
          identifiers: v.pipe(
            v.record(v.string(), v.number()),
            v.description("How many identifiers of each kind are known."),
            v.examples([{ customer: 1, email: 1 }]),
          ),
          conversions: ids("Ids of conversions.", "cv_0b7f3a52c19e4d868f3d5a1c9be27d40"),
          deliveries: ids("Ids of deliveries.", "dl_019ca4b8a5c07c3e9f10a2b3c4d5e6f7"),
          clicks: ids("Ids of clicks.", "019ca4b8a5c07c3e9f10a2b3c4d5e6f7"),
        }),
      ),
    },
    errors: ERRORS,
    sample: {},
  },
  {
    route: "POST /customers/erase",
    id: "eraseCustomer",
    tag: "Customers",
    summary: "Erase a customer",
    text: "Identifiers, stored requests and the link between conversions and the person are deleted. Sales and commissions stay. Calling again is safe.",
    body: { schema: wantedCustomer, fields: FIELDS, example: { program: "acme", customer: "cus_1" } },
    answers: {
      200: object({
        customers: count("Customers that were erased.", 1),
        erased: object({
          identifiers: count("Identifiers.", 2),
          requests: count("Stored requests.", 1),
          deliveries: count("Deliveries without their event's id.", 1),
          events: count("Events.", 1),
          conversions: count("Conversions without their customer.", 1),
        }),
      }),
    },
    errors: ERRORS,
    sample: {},
  },
];
