/** Whom a statement is from and to, and how it was paid. Also which usernames pass for the merchant's. */
import { expect, test } from "vitest";
import { signIn } from "../portal/session.ts";
import { admin } from "../support/story.ts";
import { createUser } from "../support/users.ts";
import { approveRun, command, download, filesOf, setUpPayDay, statementsThat } from "./pay-day.ts";

const address = { name: "Jo Doe", street: "Hauptstr. 1", city: "Berlin", postcode: "10115", country: "DE" };

test("a statement has the merchant's legal name, the affiliate's address until erasure, and the payment", async () => {
  const { a, program, runs } = await setUpPayDay(1);
  const merchant = { legal_name: "Acme & Sons Ltd", address: "1 High Street\r\nLondon" };
  const changed = await admin("PATCH", `/v1/programs/${program}`, merchant);
  expect(changed.json).toMatchObject({ legal_name: "Acme & Sons Ltd", address: "1 High Street\nLondon" });
  const paypal = { method: "paypal", email: "jo@pay.example", address };
  await admin("PUT", `/v1/affiliates/${a.username}/payee`, paypal);
  const run = `${runs}/${await approveRun(runs)}`;
  await filesOf(run);
  await command(`${run}/pay`);
  const statements = await statementsThat(run, { [a.username]: { status: "paid" } });
  const { id } = statements[a.username];
  const path = `/v1/programs/${program}/affiliates/${a.username}/statements/1`;
  expect((await admin("GET", path)).json).toMatchObject({
    from: { legal_name: "Acme & Sons Ltd", address: ["1 High Street", "London"] },
    to: { name: "Affiliate a", address: ["Hauptstr. 1", "Berlin, 10115", "Germany"] },
    paid_by: { source: "file", method: "paypal", reference: id },
  });
  const viewer = await createUser("viewer");
  expect((await viewer.call("GET", path)).json.to, "comes from the payment details").toEqual({
    name: "Affiliate a",
    address: null,
  });
  expect((await (await createUser("finance")).call("GET", path)).json.to.address).toHaveLength(3);
  const page = (await (await signIn(a.username)).open(`/app/payouts/1?program=${program}`)).html;
  for (const html of [page, (await download(`${path}.html`)).text]) {
    expect(html).toContain("Acme &amp; Sons Ltd<br/>1 High Street<br/>London");
    expect(html).toContain("Hauptstr. 1<br/>Berlin, 10115<br/>Germany");
    expect(html).toContain(`PayPal, reference ${id}`);
  }
  await admin("DELETE", `/v1/affiliates/${a.username}/payee`);
  expect((await admin("GET", path)).json.to).toEqual({ name: "Affiliate a", address: null });
  await admin("DELETE", `/v1/affiliates/${a.username}/personal-data`);
});

test.each([
  [{ address: "" }, "address"],
  [{ address: "a\u0007b" }, "address"],
  [{ legal_name: "a\nb" }, "legal_name"],
])("a program's %j is refused", async (body, field) => {
  const { program } = await setUpPayDay(1);
  const { status, json } = await admin("PATCH", `/v1/programs/${program}`, body);
  expect([status, json.field]).toEqual([422, field]);
});

test("a new username must not pass for the merchant's", async () => {
  const { program } = await setUpPayDay(1);
  for (const username of [`best-${program}-deals`, "team.support", "sec-ure"]) {
    const body = { username, name: "Mallory", email: `${username}@example.com` };
    const { status, json } = await admin("POST", "/v1/affiliates", body);
    expect([status, json.code, json.field], username).toEqual([422, "username_reserved", "username"]);
  }
});
