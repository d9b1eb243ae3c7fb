/** Referred affiliates: their figures and the sponsor's commission, and nothing about customers or other affiliates. */
import { expect, test } from "vitest";
import { bodyOf, signIn } from "../../portal/session.ts";
import { admin, click, eventually, postEvent, sale, setUp } from "../../support/story.ts";

const EVIL = `<img src=x onerror=alert(1)>'"`;

async function bringIn(program: string, sponsor: string, username: string, options: { enrol?: boolean } = {}) {
  const person = { username, name: `Rookie ${EVIL}`, email: `${username}@secret.example`, sponsor };
  expect((await admin("POST", "/v1/affiliates", person)).status).toBe(201);
  if (options.enrol === false) return "";
  await admin("POST", `/v1/programs/${program}/enrollments`, { affiliate: username });
  const slug = `${username}-link`;
  await admin("POST", "/v1/links", { program, affiliate: username, slug, destination: "https://shop.example/" });
  return slug;
}

const program = { terms: { second_tier: { rate_bps: 1_000, payments: "every" } } };

test("shows each referred affiliate's clicks, sales and net commission as in the ledger", async () => {
  const story = await setUp({ program });
  const { a, b, endpoint } = story;
  const slug = await bringIn(story.program, a.username, `${a.username}-rookie`);
  await bringIn(story.program, a.username, `${a.username}-idle`, { enrol: false });
  await bringIn(story.program, b.username, `${b.username}-other`);
  const customer = { id: "cus_secret", email: "buyer@secret.example" };
  const sold = sale({ click: (await click(slug)).token, customer, payment: "pay_secret", amount: 77_700 });
  await click(slug);
  const { json } = await postEvent(endpoint, sold);
  await postEvent(endpoint, { ...sold, type: "refund", refund: "re_1", amount: 7_700 });
  const sponsor = await signIn(a.username);
  const page = await eventually(async () => {
    const html = bodyOf((await sponsor.open("/app/referred")).html);
    const texts = html.replaceAll(/<[^>]+>/g, "|").replaceAll(/\|+/g, "|");
    expect(texts).toContain(`Rookie &lt;img src=x onerror=alert(1)&gt;&#39;&quot;| |${a.username}-rookie|`);
    expect(texts).toContain("|2|2 all time|1|1 all time|$70.00|$70.00 all time|");
    return html;
  });
  expect(page).toContain("you earn 10% of ");
  expect(page).toContain(`${a.username}-idle`);
  expect(page).toContain("Not in this program");
  expect(page).not.toMatch(
    new RegExp(`<img|secret|777|${json.conversion}|${b.username}-other|${slug}|\\b${b.username}\\b`),
  );
  const ledger = await admin("GET", `/v1/programs/${story.program}/affiliates/${a.username}/entries`);
  const net = ledger.json.data.reduce((sum: number, { amount }: { amount: number }) => sum + amount, 0);
  expect(net).toBe(7_000);
  // The referred affiliate doesn't see its sponsor's list, and another sponsor sees only its own.
  const rookie = bodyOf((await (await signIn(`${a.username}-rookie`)).open("/app/referred")).html);
  expect(rookie).toContain("No referred affiliates yet.");
  expect(rookie).toContain(`/app/join/${story.program}?by=${a.username}-rookie`);
  expect(rookie).toContain('class="periods"');
  const other = bodyOf((await (await signIn(b.username)).open("/app/referred")).html);
  expect(other).toContain(`${b.username}-other`);
  expect(other).not.toMatch(new RegExp(`${a.username}-(rookie|idle)|70\\.00`));
  const stranger = await setUp();
  expect((await sponsor.open(`/app/referred?program=${stranger.program}`)).status).toBe(404);
});

test("lists many referred affiliates page by page, and ignores invalid cursors", async () => {
  const story = await setUp({ affiliates: 1 });
  const { a } = story;
  for (let n = 0; n < 52; n += 1) await bringIn(story.program, a.username, `${a.username}-n${n}`, { enrol: false });
  const { open } = await signIn(a.username);
  const namesOf = (html: string) =>
    [...html.matchAll(/<span class="muted">[a-z0-9]+-n(\d+)<\/span>/g)].map(([, n]) => Number(n));
  const first = (await open("/app/referred")).html;
  expect(first).toContain("This program doesn’t pay for referred affiliates.");
  const more = /href="([^"]+cursor=[^"]+)"/.exec(first)?.[1]?.replaceAll("&amp;", "&") ?? "";
  const second = (await open(more)).html;
  expect([...namesOf(first), ...namesOf(second)]).toEqual(Array.from({ length: 52 }, (_, n) => 51 - n));
  expect(second).not.toContain("cursor=");
  expect(namesOf((await open("/app/referred?cursor=x")).html)).toHaveLength(50);
});

test("without a second tier and referred affiliates, says only that the program doesn't pay for them", async () => {
  const { a } = await setUp({ affiliates: 1 });
  const page = bodyOf((await (await signIn(a.username)).open("/app/referred")).html);
  expect(page).toContain("This program doesn’t pay for referred affiliates.");
  expect(page).not.toMatch(/class="periods"|No referred affiliates yet|recruiting link|class="card"/);
});
