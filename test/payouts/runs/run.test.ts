import { expect, test } from "vitest";
import { approveRun, cancelRun, payRun, type RunState, type RunStatus } from "../../../src/payouts/runs/run.ts";
import { type DraftOrder, listGates, makeStatement } from "../../../src/payouts/statements/statement.ts";
import { kartra } from "../../../src/programs/presets/kartra.ts";

const drafted = (by: string | null): RunState => ({
  status: "draft",
  created_by_approver: by,
  approvals: [],
  paid_at: null,
});
const by = (user: string | null, key = `key of ${user}`) => ({ key, user, at: 1 });
/** An approval in a session whose sign-in link another user has had. */
const opened = (user: string, opener: string) => ({ ...by(user), opened_by: [opener] });
/** An approval that an earlier release stored, which had no users. */
const stored = { key: "first", at: 1 };

const approvers = new Set(["mia", "noah"]);
const approvals: [string, RunState, string | null, number, RunStatus | string][] = [
  ["one user approves a run that needs one approval", drafted("mia"), "mia", 1, "approved"],
  ["a key without a user approves a run that needs one approval", drafted(null), null, 1, "approved"],
  ["a key without a user doesn't approve a run that needs two", drafted("mia"), null, 2, "approval_needs_user"],
  ["the user who drafted a run can't be the second", drafted("mia"), "mia", 2, "second_user_needed"],
  ["a different user is the second", drafted("mia"), "noah", 2, "approved"],
  ["a draft by the cron or by a key without a user doesn't count", drafted(null), "mia", 2, "draft"],
  [
    "the same user doesn't count twice, whatever the key",
    { ...drafted(null), approvals: [by("mia", "another key")] },
    "mia",
    2,
    "second_user_needed",
  ],
  ["two users approve a run that nobody drafted", { ...drafted(null), approvals: [by("mia")] }, "noah", 2, "approved"],
  ["an approval by a key without a user doesn't count", { ...drafted(null), approvals: [by(null)] }, "mia", 2, "draft"],
  ["an approval of an earlier release doesn't count", { ...drafted(null), approvals: [stored] }, "mia", 2, "draft"],
  [
    "an approval doesn't count once its user may no longer approve",
    { ...drafted(null), approvals: [by("zoe")] },
    "mia",
    2,
    "draft",
  ],
  ["a draft doesn't count once its user may no longer approve", drafted("zoe"), "mia", 2, "draft"],
  ["only a draft can be approved", { ...drafted("mia"), status: "paid" }, "mia", 1, "run_not_draft"],
];

test.each(approvals)("%s", (_, run, user, needed, expected) => {
  const decided = approveRun(run, by(user), { needed, approvers });
  expect(typeof decided === "string" ? decided : decided.status).toBe(expected);
});

test.each([
  ["the second approval", [by("mia")], opened("noah", "mia"), "approval_session_not_independent"],
  ["the first approval", [opened("noah", "mia")], by("mia"), "approval_session_not_independent"],
  ["an approval, by a third user's link,", [by("mia")], opened("noah", "leo"), "approved"],
  ["an only approval", [], opened("noah", "mia"), "draft"],
  ["an approval beside one that doesn't count any more", [by("gone")], opened("noah", "gone"), "draft"],
])("%s is given in a session that another user could have opened", (_, given, approval, expected) => {
  const decided = approveRun({ ...drafted(null), approvals: given }, approval, { needed: 2, approvers });
  expect(typeof decided === "string" ? decided : decided.status).toBe(expected);
  const single = approveRun({ ...drafted(null), approvals: given }, approval, { needed: 1, approvers });
  expect(single).toMatchObject({ status: "approved" });
});

const STATUSES: RunStatus[] = ["drafting", "draft", "approved", "paying", "paid", "cancelling", "cancelled"];

test("only approved runs are paid, and only unpaid runs are canceled", () => {
  const run = (status: RunStatus): RunState => ({ ...drafted("mia"), status });
  const able = (decide: (state: RunState) => unknown) =>
    STATUSES.filter((status) => typeof decide(run(status)) !== "string");
  expect(able(payRun)).toEqual(["approved"]);
  expect(able(cancelRun)).toEqual(["drafting", "draft", "approved"]);
  expect(cancelRun({ ...run("approved"), paid_at: 1 }), "a provider has reported a payment").toBe(
    "run_not_cancellable",
  );
});

test("all reasons that block a payment are listed", () => {
  const { payout } = kartra;
  if (payout === null) throw new Error("kartra pays");
  const codes = (...balances: Parameters<typeof listGates>) => listGates(...balances).map(({ code }) => code);
  const ready = { status: "approved", tax_form_received_at: 1, method: "paypal" };
  expect(codes(payout, ready)).toEqual([]);
  expect(codes(payout, { status: "suspended", tax_form_received_at: null, method: null })).toEqual([
    "not_approved",
    "tax_form_missing",
    "payment_details_missing",
  ]);
  expect(codes(payout, { ...ready, method: "bank" })).toEqual(["method_not_offered"]);
  expect(codes({ ...payout, gates: [] }, { ...ready, tax_form_received_at: null, method: null })).toEqual([]);
});

const amounts: [string, opening: number, lines: number[], currency: string, payable: number, string[]][] = [
  ["the whole balance", 0, [5_000, -1_000], "USD", 4_000, []],
  ["the balance and the amount carried over", 1_500, [1_000], "USD", 2_500, []],
  ["exactly the minimum", 0, [2_500], "USD", 2_500, []],
  ["less than the minimum", 0, [2_499], "USD", 0, ["below_minimum"]],
  ["exactly another currency's minimum", 0, [3_000], "EUR", 3_000, []],
  ["less than another currency's minimum", 0, [2_999], "EUR", 0, ["below_minimum"]],
  ["a small amount in a currency without a minimum", 0, [1], "GBP", 1, []],
  ["a debt", 0, [-1], "USD", 0, ["negative"]],
  ["nothing", 500, [-500], "USD", 0, ["nothing_due"]],
];

test("a run drafted before minimums in other currencies existed has none", () => {
  const { minimums: _, ...before } = { ...kartra.payout, minimum: 2_500 } as DraftOrder["payout"];
  const order = { run: "run_1", month: "2026-03", program_currency: "USD", drafted_at: 1 };
  const payout = before as DraftOrder["payout"];
  const stating = {
    account: { program_id: 1, affiliate_id: 2 },
    number: 1,
    opening: 0,
    lines: [{ number: 1, amount: 1 }],
    sales: 0,
  };
  expect(makeStatement({ ...order, payout }, [], { ...stating, currency: "EUR" }).payable).toBe(1);
  expect(makeStatement({ ...order, payout }, [], { ...stating, currency: "USD" }).payable).toBe(0);
});

test.each(amounts)("a statement of %s", (_, opening, lines, currency, payable, codes) => {
  const { payout } = kartra;
  if (payout === null) throw new Error("kartra pays");
  const order = {
    run: "run_1",
    month: "2026-03",
    program_currency: "USD",
    payout: { ...payout, minimum: 2_500, minimums: [{ currency: "EUR", amount: 3_000 }] },
    drafted_at: 1,
  };
  const account = { program_id: 1, affiliate_id: 2 };
  const stating = {
    account,
    number: 3,
    currency,
    opening,
    lines: lines.map((amount, n) => ({ number: n + 1, amount })),
    sales: 0,
  };
  const made = makeStatement(order, [], stating);
  expect(made.id).toBe("st_1_2_3");
  expect([made.payable, made.blocked.map(({ code }) => code)]).toEqual([payable, codes]);
  expect(made.total).toBe(lines.reduce((sum, amount) => sum + amount, opening));
  const gated = makeStatement(order, [{ code: "tax_form_missing" }], stating);
  expect([gated.payable, gated.blocked.at(-1)?.code]).toEqual([0, "tax_form_missing"]);
});

test.each([
  ["less than the minimum in sales", "USD", 4_999, ["below_minimum_sales"]],
  ["exactly the minimum in sales", "USD", 5_000, []],
  ["another currency, which has no minimum in sales", "EUR", 0, []],
])("a balance from %s", (_, currency, sales, codes) => {
  const payout = { ...kartra.payout, minimum_sales: 5_000 } as DraftOrder["payout"];
  const order = { run: "run_1", month: "2026-03", program_currency: "USD", payout, drafted_at: 1 };
  const account = { program_id: 1, affiliate_id: 2 };
  const stating = { account, number: 1, currency, opening: 0, lines: [{ number: 1, amount: 100 }], sales };
  const { blocked, payable } = makeStatement(order, [], stating);
  expect([blocked.map(({ code }) => code), payable]).toEqual([codes, codes.length === 0 ? 100 : 0]);
});
