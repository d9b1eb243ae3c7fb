/** `GET /v1/audit`: filters, pages, and what an actor that is limited to programs sees. */
import { expect, test } from "vitest";
import { admin, setUp } from "../support/story.ts";
import { createUser } from "../support/users.ts";

const { program, a } = await setUp({ affiliates: 1 });
const { program: other } = await setUp({ affiliates: 1 });
const owner = await createUser("owner");
const today = new Date().toISOString().slice(0, 10);
const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);

type Entry = { id: string; action: string; subject: string; program: string | null; actor: object };
const list = async (query: string, call: typeof owner.call = admin): Promise<Entry[]> =>
  (await call("GET", `/v1/audit?${query}`)).json.data;

test("shows who changed what, from what to what", async () => {
  await owner.call("PATCH", `/v1/programs/${program}`, { name: "Renamed" });
  const [entry] = await list(`actor=${owner.id}`);
  expect(entry).toEqual({
    ...{ id: expect.stringMatching(/^aud_/), at: expect.stringContaining(today), action: "program.updated" },
    ...{ actor: { kind: "user", id: owner.id, name: owner.name }, key: owner.key_id },
    ...{ program, subject_type: "program", subject: program },
    ...{ before: { name: expect.stringContaining("Program") }, after: { name: "Renamed" } },
  });
});

test.each([
  ["program", `program=${program}`, (entry: Entry) => entry.program === program],
  ["action", "action=affiliate.created", ({ action }: Entry) => action === "affiliate.created"],
  ["subject", `subject=${a.username}`, ({ subject }: Entry) => subject === a.username],
  ["kind of subject", "subject_type=endpoint", ({ action }: Entry) => action.startsWith("endpoint.")],
  ["day", `from=${today}&to=${today}`, () => true],
])("filters by %s", async (_, query, matches) => {
  const all = await list("limit=200");
  expect(await list(`${query}&limit=200`)).toEqual(all.filter(matches));
  expect(all.filter(matches).length).toBeGreaterThan(0);
});

test("has nothing of other days, and refuses unknown filters", async () => {
  expect(await list(`from=${tomorrow}`)).toEqual([]);
  expect(await list("to=2026-01-01")).toEqual([]);
  expect((await admin("GET", "/v1/audit?actors=x")).json.code).toBe("unknown_parameter");
  expect((await admin("GET", "/v1/audit?from=yesterday")).json.code).toBe("invalid_from");
  expect((await admin("GET", "/v1/audit?program=none")).json.code).toBe("program_not_found");
});

test("pages from the newest to the oldest, each entry once", async () => {
  const ids = (await list("limit=200")).map(({ id }) => id);
  expect(ids).toEqual(ids.toSorted().toReversed());
  const paged: string[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const { json } = await admin("GET", `/v1/audit?limit=3${cursor && `&cursor=${cursor}`}`);
    paged.push(...json.data.map(({ id }: Entry) => id));
    cursor = json.next;
  }
  expect(paged).toEqual(ids);
});

test("shows an actor that is limited to programs the entries of these only", async () => {
  const manager = await createUser("manager", [program]);
  const entries = await list("limit=200", manager.call);
  expect(new Set(entries.map((entry) => entry.program))).toEqual(new Set([program]));
  expect((await manager.call("GET", `/v1/audit?program=${other}`)).json.code).toBe("program_not_found");
});
