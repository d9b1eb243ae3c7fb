/** What a merchant announces, from the API or the console to the portal. */
import { expect, test } from "vitest";
import { bodyOf, signIn } from "../portal/session.ts";
import { admin, setUp } from "../support/story.ts";

test("affiliates of the program see the three latest announcements, escaped, until they are deleted", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const other = await setUp({ affiliates: 1 });
  const path = `/v1/programs/${program}/announcements`;
  const ids: string[] = [];
  for (const title of ["First", "Second", "<b>Third</b>", "Fourth"]) {
    const { status, json } = await admin("POST", path, { title, text: `About ${title}\r\nand more` });
    expect(status).toBe(201);
    ids.push(json.id);
  }
  const { open } = await signIn(a.username);
  const html = bodyOf((await open("/app")).html);
  expect(html).toContain("About Fourth\nand more");
  expect(html).toContain("&lt;b&gt;Third&lt;/b&gt;");
  expect(html).toContain("Second");
  expect(html).not.toContain("First");
  expect((await admin("GET", path)).json.data.map(({ id }: { id: string }) => id)).toEqual(ids.toReversed());
  expect((await admin("DELETE", `${path}/${ids[3]}`)).json).toMatchObject({ id: ids[3], status: "deleted" });
  expect((await admin("DELETE", `${path}/${ids[3]}`)).json).toMatchObject({ code: "announcement_not_found" });
  expect(bodyOf((await open("/app")).html)).toContain("First");
  expect((await admin("DELETE", `/v1/programs/${other.program}/announcements/${ids[0]}`)).status).toBe(404);
  const stranger = await signIn(other.a.username);
  expect((await stranger.open("/app")).html).not.toContain("Announcements</h2>");
});

test.each([
  { title: "", text: "x" },
  { title: "x", text: " " },
  { title: "x", text: "y".repeat(2_001) },
  { title: "x" },
])("refuses %j", async (body) => {
  const { program } = await setUp({ affiliates: 1 });
  expect((await admin("POST", `/v1/programs/${program}/announcements`, body)).status).toBe(422);
});
