import type { Child } from "hono/jsx";
import { FormKey } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { Done, PageHead, Progress, StatusTag } from "../../console/layout/parts.tsx";
import { Fact } from "../../portal/layout/fact.tsx";
import { formatCount } from "../../portal/layout/formats-context.tsx";
import { Time } from "../../portal/layout/time.tsx";
import { Amounts, countPayments, nameRun } from "./amounts.tsx";
import { describeRun, isCancellable, isRunning, type RunView } from "./describe-run.ts";

const CONFIRMATIONS = {
  drafted: "Run drafted. Nothing is paid before it is approved.",
  approved: "Approved.",
  paid: "The run is finished.",
  cancelled: "Run canceled.",
  recorded: "Payment recorded. Its statement shows it in a moment.",
  reminded: "Reminder sent. The affiliate isn’t reminded again for 7 days.",
  failed: "Payment marked as failed. Its statement shows it in a moment.",
};

/** What the user may do with payouts. */
export interface PayoutRights {
  /** Draft and cancel runs. */
  can_draft: boolean;
  /** Approve and pay runs. */
  can_pay: boolean;
}

/** A payout run: its state, what comes next, its files and its statements. */
export function RunPage(props: {
  program: string;
  run: RunView;
  rights: PayoutRights;
  /** How many statements have arrived of those that were drafted. */
  arrived: { available: number; drafted: number; complete: boolean };
  /** Why the last change was refused. */
  refusal: string | null;
  done: string | undefined;
  /** Payment files, reports and statements. */
  children?: Child;
}) {
  const { program, run, rights, arrived, refusal, done, children } = props;
  const path = `${programHref(program, "/payouts")}/${run.id}`;
  const { tag, tone, sentence } = describeRun(run);
  const isOnTheWay = !isRunning(run) && !arrived.complete;
  return (
    <div class="stack">
      <PageHead title={nameRun(run)} back={{ href: programHref(program, "/payouts"), label: "Payouts" }}>
        <RunActions {...{ run, path, rights }} />
      </PageHead>
      <Done done={done} texts={CONFIRMATIONS} />
      {refusal !== null && (
        <div class="notice" role="alert">
          <p>{refusal}</p>
        </div>
      )}
      <Progress id="state" path={path} is_running={isRunning(run) || isOnTheWay}>
        <p class="verdict">
          <StatusTag tone={tone}>{tag}</StatusTag> {sentence}
        </p>
        {isOnTheWay && (
          <p>
            {formatCount(arrived.available)} of {formatCount(arrived.drafted)} statements have arrived.
          </p>
        )}
        {isRunning(run) && rights.can_draft && (
          <form method="post" action={`${path}/steps`} class="actions">
            <FormKey />
            <button type="submit">Continue now</button>
          </form>
        )}
        <Approvals run={run} />
      </Progress>
      <section class="card" aria-labelledby="totals">
        <h2 id="totals">Totals</h2>
        <RunFacts run={run} />
        <p class="note spaced">
          <a href={`${path}/reconciliation`}>Check that the run adds up</a>
        </p>
      </section>
      {children}
    </div>
  );
}

function RunActions({ run, path, rights }: { run: RunView; path: string; rights: PayoutRights }) {
  return (
    <>
      {rights.can_pay && run.status === "draft" && <Action path={`${path}/approve`} label="Approve" is_primary />}
      {rights.can_pay && run.status === "approved" && <Action path={`${path}/pay`} label="Finish run" is_primary />}
      {rights.can_draft && isCancellable(run) && <Action path={`${path}/cancel`} label="Cancel run" />}
    </>
  );
}

function Action({ path, label, is_primary = false }: { path: string; label: string; is_primary?: boolean }) {
  return (
    <form method="post" action={path}>
      <button type="submit" class={is_primary ? "primary" : ""}>
        {label}
      </button>
    </form>
  );
}

function RunFacts({ run }: { run: RunView }) {
  const totals = run.status === "paid" ? run.paid : run.drafted;
  const statements = Object.values(run.drafted).reduce((sum, tally) => sum + tally.statements, 0);
  return (
    <dl class="facts spaced">
      <Fact label={run.status === "paid" ? "Paid" : "To be paid"}>
        <Amounts totals={totals} />
      </Fact>
      <Fact label="Payments">{formatCount(countPayments(totals))}</Fact>
      <Fact label="Carried over">
        <Amounts totals={totals} field="carried" />
      </Fact>
      <Fact label="Statements">{formatCount(statements)}</Fact>
      {run.progress.busy > 0 && <Fact label="Left for the next run">{formatCount(run.progress.busy)} affiliates</Fact>}
      {run.drafted_at !== null && (
        <Fact label="Drafted">
          <Time ms={Date.parse(run.drafted_at)} />
        </Fact>
      )}
      {run.finished_at !== null && (
        <Fact label="Finished">
          <Time ms={Date.parse(run.finished_at)} />
        </Fact>
      )}
    </dl>
  );
}

/** Who approved the run, and who must still. */
function Approvals({ run: { approvals, approval } }: { run: RunView }) {
  const isShared = approval !== null && approval.needed > 1;
  const missing = isShared ? approval.needed - approval.given_by.length : 0;
  const drafted = isShared ? approval.given_by.filter(({ user }) => !approvals.some((one) => one.user === user)) : [];
  if (approvals.length === 0 && missing === 0) return null;
  return (
    <div>
      {drafted.map(({ name }) => (
        <p>{name} drafted the run, which counts as an approval.</p>
      ))}
      {approvals.map(({ name, key, user, at }) => (
        <p>
          {name ?? user ?? (key === "first" ? "The admin key" : `The API key ${key}`)} approved it{" "}
          <Time ms={Date.parse(at)} />
          {isShared && !approval.given_by.some((one) => one.user === user) && ", which no longer counts"}.
        </p>
      ))}
      {missing > 0 && (
        <p>
          {approval !== null && approval.open_to.length > 0
            ? `${missing === 1 ? "One" : "Two"} of these must still approve: ${approval.open_to.map(({ name }) => name).join(", ")}.`
            : "Nobody else may approve it: add an owner or a user of finance."}
        </p>
      )}
    </div>
  );
}
