/** What commands of a payout run do, in money, before they are made. */
import type { Child } from "hono/jsx";
import { type ConsoleContext, show } from "../../console/layout/page.tsx";
import { Confirm, PageHead } from "../../console/layout/parts.tsx";
import { formatCount, formatMoney } from "../../portal/layout/formats-context.tsx";
import { Amounts, nameRun, Payments } from "./amounts.tsx";
import type { RunView } from "./describe-run.ts";
import type { FilesView } from "./payment-files.tsx";
import { pagePathOf } from "./run-paths.ts";

/** What an approval does. */
export function showApproval(c: ConsoleContext, run: RunView): Response | Promise<Response> {
  const { approval, drafted, blocked } = run;
  const isFirst = approval !== null && approval.needed - approval.given_by.length > 1;
  const unpaid = Object.values(blocked).reduce((sum, count) => sum + count, 0);
  const effect = (
    <>
      <p>
        {isFirst ? "Counts as the first of two approvals of " : "Approves "}
        <strong>
          <Payments totals={drafted} />
        </strong>
        . Refunds since the draft are taken into account first, which can only lower what is paid.
      </p>
      <ul>
        <li>
          Carried over: <Amounts totals={drafted} field="carried" />
          {unpaid > 0 && ` (${unpaid} reasons block payments)`}
        </li>
        <li>From the last approval on, the run pays to the payment details of that moment.</li>
      </ul>
    </>
  );
  return showConfirm(c, run, {
    title: `Approve ${nameRun(run)}?`,
    verb: "approve",
    submit: "Approve",
    undo: "You can cancel the run until the first payment is made or reported.",
    effect,
  });
}

/** What finishing a run does. */
export function showPayment(c: ConsoleContext, run: RunView, files: FilesView | null): Response | Promise<Response> {
  return showConfirm(c, run, {
    title: `Finish ${nameRun(run)}?`,
    verb: "pay",
    submit: "Finish run",
    undo: "This can’t be undone. A payment that fails or comes back can still be recorded on its statement.",
    effect: <PaymentEffect run={run} files={files} />,
  });
}

function PaymentEffect({ run, files }: { run: RunView; files: FilesView | null }) {
  return (
    <>
      <p>
        Records the payments in the files as paid, except for those that a report doesn’t confirm. The run has{" "}
        <strong>
          <Payments totals={run.drafted} />
        </strong>
        .
      </p>
      {files !== null && (
        <ul>
          {files.data.map(({ name, rows, total, currency }) => (
            <li>
              {name}: {formatCount(rows)} {rows === 1 ? "payment" : "payments"}, {formatMoney(total, currency)}
            </li>
          ))}
          {files.left_out.map(({ statement, amount, currency }) => (
            <li>
              {statement}: {formatMoney(amount, currency)} is in no file. Unless you have recorded a payment, it goes
              into the next run.
            </li>
          ))}
        </ul>
      )}
      <p>Upload the files at their providers first, and their reports here.</p>
    </>
  );
}

/** What a cancellation does. */
export function showCancellation(c: ConsoleContext, run: RunView): Response | Promise<Response> {
  const effect = (
    <p>
      Cancels{" "}
      <strong>
        <Payments totals={run.drafted} />
      </strong>
      . Its amounts go into the next run. Don’t cancel a run whose files you have uploaded at a provider: the payments
      would be made twice.
    </p>
  );
  return showConfirm(c, run, {
    title: `Cancel ${nameRun(run)}?`,
    verb: "cancel",
    submit: "Cancel run",
    undo: "A canceled run can’t be opened again. Draft a new one instead.",
    is_danger: true,
    effect,
  });
}

function showConfirm(
  c: ConsoleContext,
  run: RunView,
  options: { title: string; verb: string; submit: string; undo: string; is_danger?: boolean; effect: Child },
): Response | Promise<Response> {
  const { title, verb, ...confirm } = options;
  const path = pagePathOf(c);
  const page = (
    <div class="stack">
      <PageHead title={title} back={{ href: path, label: nameRun(run) }} />
      <Confirm action={`${path}/${verb}`} cancel={path} values={{}} {...confirm} />
    </div>
  );
  return show(c, 200, title, page);
}
