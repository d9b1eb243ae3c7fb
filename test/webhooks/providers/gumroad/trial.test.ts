/** Gumroad does not distinguish trials from sales, so the merchant names products with trials in the endpoint's URL. */
import { describe, expect, test } from "vitest";
import { providerEvent } from "../../../../src/webhooks/provider.ts";
import { gumroad } from "../../../../src/webhooks/providers/gumroad/adapter.ts";
import refund from "../../../fixtures/gumroad/refund.txt?raw";
import renewal from "../../../fixtures/gumroad/renewal.txt?raw";
import sale from "../../../fixtures/gumroad/sale.txt?raw";
import trial from "../../../fixtures/gumroad/trial.txt?raw";
import { requestWith } from "../../adapter.ts";
import { changeForm } from "../change-form.ts";
import { signGumroad } from "./signer.ts";

const CLICK = "AQGbdR2iQnyMo7Wc3vT0kXh5Zp8uYl1sEf6gNd9rBa4jKq2wxVmCtHiOeUzP-7S_3yLn0bGDkF5JQw1RvX8c6M2h9TfA";

const pinged = (body: string) => requestWith(signGumroad(body, { secret: "of the path" }));
const parse = (body: string) => gumroad.parse(pinged(body));
/** Parses a ping with the query that the merchant added to the endpoint's URL. */
const parseAt = (query: string, body: string) =>
  gumroad.parse({ ...pinged(body), query: new URLSearchParams(query) }).events[0];

describe("a free trial", () => {
  test("begins with the first ping of a membership that the endpoint's URL names", () => {
    expect(parseAt("trial=club", trial)).toEqual(
      providerEvent({
        id: "trial:Lt7wTf5r4eUhDxBa1yCo6E==",
        type: "trial",
        occurred_at: Date.UTC(2026, 0, 7, 10, 15),
        customer: { id: null, email: "max@example.com" },
        click: CLICK,
        product: "club1",
        subscription: { id: "Nv9yVh7t6gWjFzDc3aEq8G==", interval: "month" },
      }),
    );
  });

  const elsewhere = changeForm(trial, {
    permalink: "",
    short_product_id: "x",
    product_permalink: "https://a.gumroad.com/l/c",
  });
  const pings: [string, string, string, string][] = [
    ["named by its short id", "trial=club1", trial, "trial"],
    ["named by its permalink", "trial=club", changeForm(trial, { product_permalink: "" }), "trial"],
    ["named by its URL", "trial=c", elsewhere, "trial"],
    ["named by a URL with a slash", "trial=c", changeForm(elsewhere, { product_permalink: "https://x/l/c/" }), "trial"],
    ["named with other products", "trial=vqXwm&trial=club", trial, "trial"],
    ["without a named product", "", trial, "sale"],
    ["of nothing", "trial=", changeForm(elsewhere, { product_permalink: "", short_product_id: "" }), "sale"],
    ["with another product named", "trial=clu&trial=l&trial=CLUB", trial, "sale"],
    ["for a product that is not a membership", "trial=pencil", sale, "sale"],
    ["for a renewal", "trial=club", renewal, "sale"],
    ["for a refund", "trial=pencil", refund, "refund"],
  ];
  test.each(pings)("%s: %s", (_, query, body, type) => {
    expect(parseAt(query, body)?.type).toBe(type);
  });

  test("is not set by a link, which anyone can write", () => {
    const fields = ["url_params[lc_trial]", "url_params[trial]", "custom_fields[trial]", "trial"];
    for (const field of fields) {
      const [event] = parse(changeForm(`${trial}&${field}=x`, { [field]: "club" })).events;
      expect(event).toMatchObject({ type: "sale", amount: 900 });
    }
  });
});
