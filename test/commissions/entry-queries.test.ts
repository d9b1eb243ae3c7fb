/** Each entry of a page is explained by the version of the terms that it names. */
import { expect, test } from "vitest";
import { signIn } from "../portal/session.ts";
import { admin, click, conversionThat, eventually, postEvent, sale, setUp } from "../support/story.ts";

test("entries of several versions on one page each show their own rule to merchant and affiliate", async () => {
  const { program, a, endpoint } = await setUp({ affiliates: 1, program: { currency: "EUR" } });
  const { token } = await click(a.slug);
  const first = await postEvent(endpoint, sale({ click: token, currency: "EUR", payment: "p1" }));
  const rates = [{ product: ["pro"], rate_bps: 2_000, cap: 1_500 }, { flat: 700 }];
  await admin("POST", `/v1/programs/${program}/terms`, { terms: { rates } });
  const capped = await postEvent(endpoint, sale({ click: token, currency: "EUR", product: "pro" }));
  const flat = await postEvent(endpoint, sale({ click: token, currency: "EUR" }));
  const foreign = await postEvent(endpoint, sale({ click: token, currency: "USD", product: "pro" }));
  await postEvent(endpoint, {
    ...sale({ payment: "p1", amount: 3_300, currency: "EUR" }),
    type: "refund",
    refund: "r",
  });
  const expected: [string, string][] = [
    [first.json.conversion, "40% of €99.00 by rule 1 of terms version 1: 40% of each payment."],
    [
      capped.json.conversion,
      "20% of €99.00, capped at €15.00, by rule 1 of terms version 2: 20% of each payment, for product “pro”, up to €15.00.",
    ],
    [flat.json.conversion, "A flat €7.00 by rule 2 of terms version 2: €7.00 for each payment."],
    [
      foreign.json.conversion,
      "No commission by rule 1 of terms version 2: 20% of each payment, for product “pro”, up to €15.00. Its rule has a cap in EUR, which a sale in USD cannot be held against.",
    ],
  ];
  for (const [id, explanation] of expected) await conversionThat(id, { entries: [{ explanation }] });
  const entries = await eventually(async () => {
    const { data } = (await admin("GET", `/v1/programs/${program}/affiliates/${a.username}/entries`)).json;
    expect(data).toHaveLength(5);
    return data as { conversion: string; kind: string; explanation: string }[];
  });
  const said = entries.filter(({ kind }) => kind === "commission").map((row) => [row.conversion, row.explanation]);
  expect(Object.fromEntries(said)).toEqual(Object.fromEntries(expected));
  expect(entries.find(({ kind }) => kind === "reversal")?.explanation).toBe(
    "€13.20 of the commission reversed. Refund. The commission was 40% of €99.00 by rule 1 of terms version 1: 40% of each payment.",
  );
  const { open } = await signIn(a.username);
  for (const [id, explanation] of expected) {
    expect((await open(`/app/conversions/${id}`)).html).toContain(explanation);
  }
});
