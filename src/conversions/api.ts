import { allowQuery } from "../api/layout/allow-query.ts";
import type { ApiApp, ApiCall } from "../api/layout/api-app.ts";
import {
  contradiction,
  readAffiliateFilter,
  readChoice,
  readCountry,
  readDays,
  readFlag,
  readLinkFilter,
  readProgramFilter,
} from "../api/layout/list-filters.ts";
import { permit } from "../api/layout/permit.ts";
import { LIST, readList } from "../api/layout/read-list.ts";
import { Problem } from "../lib/problem.ts";
import { findKeysOfCustomer } from "../webhooks/identity/customer-id-queries.ts";
import { type ConversionFilter, listConversions } from "./list-queries.ts";
import { readConversion } from "./queries.ts";

const CONVERSION_ID = /^cv_[0-9a-f]{32}$/;
const ATTEMPTS = 10;
const RETRY_MS = 100;

/** The types of conversions. */
export const TYPES = ["lead", "trial", "sale"] as const;

const FILTERS = [
  ...["program", "affiliate", "link", "host", "type", "from", "to", "customer", "payment", "credited", "test"],
  "click_country",
] as const;

export function addConversionRoutes(app: ApiApp): void {
  app.get("/conversions", permit("read", { checks_programs: true }), allowQuery(...FILTERS, ...LIST), async (c) => {
    const page = await readList(c, ["-occurred_at", "occurred_at"]);
    return c.json(await listConversions(c.var.db, await readFilter(c), page, c.var.now));
  });

  app.get("/conversions/:id", permit("read", { checks_programs: true }), async (c) => {
    const conversion = await awaitConversion(c, c.req.param("id"));
    if (conversion === null) {
      throw new Problem(
        404,
        "conversion_not_found",
        "This conversion doesn't exist, or it was recorded a moment ago: try again.",
      );
    }
    return c.json(conversion);
  });
}

/** Throws 422, also where filters contradict each other. */
async function readFilter(c: ApiCall): Promise<ConversionFilter> {
  const { customer, payment = null } = c.req.query();
  const program_ids = await readProgramFilter(c);
  const affiliate_id = await readAffiliateFilter(c);
  const link = await readLinkFilter(c);
  const credited = readFlag(c, "credited");
  if (link !== null && affiliate_id !== null && link.affiliate_id !== affiliate_id) {
    throw contradiction("link", "The link belongs to another affiliate.");
  }
  if (link !== null && program_ids !== null && !program_ids.includes(link.program_id)) {
    throw contradiction("link", "The link belongs to another program.");
  }
  if (credited === false && (link !== null || affiliate_id !== null)) {
    throw contradiction("credited", "A conversion that isn't credited has no affiliate and no link.");
  }
  return {
    program_ids: link === null ? program_ids : [link.program_id],
    affiliate_id,
    link,
    type: readChoice(c, "type", TYPES),
    ...readDays(c),
    customer_keys: customer === undefined ? null : await findKeysOfCustomer(c.var.db, program_ids, customer),
    payment,
    credited,
    click_country: readCountry(c, "click_country"),
    // A list never has both.
    test: readFlag(c, "test") ?? false,
  };
}

/** Waits up to a second for a conversion that a webhook has just recorded and that is still being projected. */
async function awaitConversion({ var: { db, actor, now } }: ApiCall, id: string) {
  for (let attempt = 1; ; attempt += 1) {
    const conversion = await readConversion(db, actor.program_ids, id, now);
    if (conversion !== null || attempt === ATTEMPTS || !CONVERSION_ID.test(id)) return conversion;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}
