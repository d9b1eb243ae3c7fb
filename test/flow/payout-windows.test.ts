/** Two payout windows a month, as ClickFunnels has them: on the 1st and on the 15th. */
import { expect, test } from "vitest";
import { command, makePayable, storyWithSales } from "../support/payout-story.ts";
import { runCron } from "../support/run-cron.ts";
import { admin, eventually } from "../support/story.ts";

const at = (day: string) => Date.parse(`${day}T12:00:00Z`);

/**
 * Sales of $1,000.00 on January 28 and February 2 clear on March 14 and 19. The first earns 20%, $200.00; with it, the second
 * is in tier 2 and earns 30%, $300.00.
 */
async function startStory() {
  const story = await storyWithSales("clickfunnels", ["2026-01-28", "2026-02-02"], { amount: 100_000 });
  await makePayable(story.a.username);
  return story;
}

const listRuns = async (runs: string) =>
  (await admin("GET", runs)).json.data.map(({ month, window }: { month: string; window: number }) => [month, window]);

test("each window pays what had cleared by its day", async () => {
  const { a, runs, program } = await startStory();
  const pay = async (body: object) => {
    const { json: run } = await command(runs, body);
    await command(`${runs}/${run.id}/approve`);
    const { json } = await command(`${runs}/${run.id}/pay`);
    return [json.month, json.window, json.status, json.paid.USD?.amount ?? 0];
  };
  expect(await pay({ month: "2026-03", window: 1 })).toEqual(["2026-03", 1, "paid", 0]);
  expect(await pay({ month: "2026-03", window: 2 })).toEqual(["2026-03", 2, "paid", 20_000]);
  expect(await pay({ month: "2026-04", window: 1 })).toEqual(["2026-04", 1, "paid", 30_000]);
  await eventually(async () => {
    const { json } = await admin("GET", `/v1/programs/${program}/affiliates/${a.username}`);
    expect(json.balances).toMatchObject({ earned: 50_000, paid: 50_000 });
  });
  const { json } = await admin("GET", `/v1/programs/${program}/affiliates/${a.username}/statements`);
  expect(json.data.map(({ month, window, payable }: Record<string, unknown>) => [month, window, payable])).toEqual([
    ["2026-04", 1, 30_000],
    ["2026-03", 2, 20_000],
  ]);
  expect((await command(runs, { month: "2026-03", window: 3 })).json.code).toBe("invalid_window");
});

test("runs are drafted on the first day of each window, once", async () => {
  const { runs } = await startStory();
  await runCron(at("2026-03-14"));
  expect(await listRuns(runs)).toEqual([]);
  await runCron(at("2026-03-15"));
  await runCron(at("2026-03-15") + 3_600_000);
  expect(await listRuns(runs)).toEqual([["2026-03", 2]]);
  const [{ id }] = (await admin("GET", runs)).json.data;
  await command(`${runs}/${id}/steps`);
  await command(`${runs}/${id}/cancel`);
  await runCron(at("2026-03-16"));
  await runCron(at("2026-04-01"));
  expect(await listRuns(runs)).toEqual([
    ["2026-04", 1],
    ["2026-03", 2],
  ]);
});

test("a window's run is drafted late where the one before it was still open, and only then", async () => {
  const { runs } = await startStory();
  await runCron(at("2026-04-01"));
  const [{ id }] = (await admin("GET", runs)).json.data;
  await command(`${runs}/${id}/steps`);
  await runCron(at("2026-04-15"));
  await runCron(at("2026-04-16"));
  expect(await listRuns(runs)).toEqual([["2026-04", 1]]);
  await command(`${runs}/${id}/cancel`);
  await runCron(at("2026-04-16") + 3_600_000);
  expect(await listRuns(runs)).toEqual([
    ["2026-04", 2],
    ["2026-04", 1],
  ]);
});

test("a program with one window refuses a second", async () => {
  const { runs } = await storyWithSales("kartra", ["2026-01-03"]);
  expect(await command(runs, { month: "2026-03", window: 2 })).toMatchObject({
    status: 422,
    json: { code: "invalid_window", detail: "window: the program's terms have no second payout window." },
  });
});
