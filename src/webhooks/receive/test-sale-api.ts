/** Sends a test sale through an endpoint, as its checkout would. */
import { nanoid } from "nanoid";
import * as v from "valibot";
import type { ApiApp, ApiCall } from "../../api/layout/api-app.ts";
import { commitChange } from "../../api/layout/commit-change.ts";
import { findLink, findProgram } from "../../api/layout/find-records.ts";
import { permit } from "../../api/layout/permit.ts";
import { readJson } from "../../api/layout/read-json.ts";
import { readNewestClick } from "../../clicks/click-queries.ts";
import { readSettings } from "../../env.ts";
import { minorDigitsOf } from "../../lib/currency.ts";
import { Problem } from "../../lib/problem.ts";
import { importTokenKeys } from "../../lib/signed-text.ts";
import { MS_PER_DAY } from "../../lib/time.ts";
import { signClickToken } from "../../redirect/click-token.ts";
import type { Provider, SampleRequest } from "../provider.ts";
import { type Receiver, resolveEndpoint } from "./endpoint-resolver.ts";
import { receiveWebhook } from "./webhook-handler.ts";

/** The body of `POST …/test-sale`. */
export const testSale = v.strictObject({ link: v.string(), host: v.optional(v.string()) });

/** In whole units of the currency. */
const PRICE = 100;
const CLICK_DAYS = 7;
const NAME_CHARACTERS = 12;

export function addTestSaleRoutes(app: ApiApp): void {
  app.post("/programs/:program/endpoints/:endpoint/test-sale", permit("webhooks"), async (c) => {
    const { db, now } = c.var;
    const program = await findProgram(db, c.req.param("program"));
    const { link: slug, host } = await readJson(c.req, testSale);
    const receiver = await resolveEndpoint(c.env, c.req.param("endpoint"), now);
    const { id } = receiver.endpoint;
    if (receiver.endpoint.program_id !== program.id) {
      throw new Problem(404, "endpoint_not_found", "This program has no such endpoint.");
    }
    const { sample, secret } = findSample(receiver);
    const click = await signNewestClick(c, program.id, slug, host);
    const amount = PRICE * 10 ** minorDigitsOf(program.currency);
    const name = nanoid(NAME_CHARACTERS).replaceAll(/[^A-Za-z0-9]/g, "0");
    const signed = await sample.sign({ name, click, amount, currency: program.currency, at: now }, secret);
    const outcome = await deliver(c, id, signed);
    const change = { action: "endpoint.tested", program_id: program.id, subject_type: "endpoint", subject: id };
    const changes = [{ ...change, before: null, after: { link: slug, conversion: outcome.conversion } }];
    return commitChange(c, [], changes, { status: 200, body: outcome });
  });
}

/** How an endpoint's provider signs a sale, and the secret to sign with. Throws 409 where a test would be a real sale, or can't be signed. */
function findSample({ endpoint, provider, secrets }: Receiver): {
  sample: NonNullable<Provider["sample"]>;
  secret: string;
} {
  const { sample } = provider;
  const [secret] = secrets;
  const refuse = (detail: string) => new Problem(409, "test_sale_unavailable", detail);
  if (sample === undefined) throw refuse(`A test sale can't be made for ${provider.source}: use its own test mode.`);
  if (!sample.marks_test && !endpoint.test) {
    throw refuse("The sale would be real: use an endpoint in test mode.");
  }
  if (secret === undefined) throw refuse("The endpoint has no secret to sign the sale with: add it first.");
  return { sample, secret };
}

/** The token of the newest click on a link, as the visitor's checkout would send it. Throws 422 for a link without one. */
async function signNewestClick(c: ApiCall, programId: number, slug: string, host: string | undefined): Promise<string> {
  const { db, now } = c.var;
  const link = await findLink(c, slug, host, "link");
  if (link.program_id !== programId) {
    throw new Problem(422, "link_not_found", `This program has no link "${slug}".`, "link");
  }
  const click = await readNewestClick(db, link.id, now - CLICK_DAYS * MS_PER_DAY);
  if (click === null) {
    const detail = `Nobody has clicked "${slug}" in the last ${CLICK_DAYS} days: open it in a browser first.`;
    throw new Problem(422, "link_not_clicked", detail, "link");
  }
  const [key] = importTokenKeys(readSettings(c.env).token_keys);
  if (key === undefined) throw new Error("there is no key to sign click tokens with");
  return signClickToken(key, { ...click, program_id: programId, affiliate_id: link.affiliate_id, link_id: link.id });
}

interface TestOutcome {
  status: string;
  conversion: string | null;
  attributed_to: string | null;
  reason: string;
}

/** Sends the request the way a checkout's request takes. Throws its refusal. */
async function deliver(c: ApiCall, endpoint: string, { headers, body }: SampleRequest): Promise<TestOutcome> {
  const request = new Request(new URL(`/v1/webhooks/${endpoint}`, c.req.url), { method: "POST", headers, body });
  const incoming = { request, endpoint, path: "", now: c.var.now };
  const response = await receiveWebhook(incoming, c.env, c.executionCtx);
  const { status, conversion, attributed_to, reason } = await response.json<TestOutcome>();
  return { status, conversion, attributed_to, reason };
}
