import type { Child } from "hono/jsx";
import { programHref } from "../../console/layout/navigation.ts";
import { PageHead, Pager, StatusTag } from "../../console/layout/parts.tsx";
import { formatCount, formatMoney } from "../../portal/layout/formats-context.tsx";
import { DataTable } from "../../portal/layout/table.tsx";
import { nameStatementStatus } from "../portal/words.ts";
import type { StatementStatus } from "../statements/statement.ts";
import { nameRun } from "./amounts.tsx";
import type { RunView } from "./describe-run.ts";

/** A check of a program's accounts, as the API answers it. */
export interface AccountsCheck {
  checked: number;
  data: { affiliate: string; differences: string[] }[];
  next: string | null;
}

/** A check of a run, as the API answers it. */
export interface RunCheck {
  statements: { currency: string; status: string; statements: number; payments: number; amount: number }[];
  files: { files: number; payments: number; left_out: number } | null;
  differences: string[];
}

/** Whether ledgers, statements and what is shown of them agree, some accounts at a time. */
export function AccountsCheckPage(props: { program: string; check: AccountsCheck; cursor: string | null }) {
  const { program, check, cursor } = props;
  const path = `${programHref(program, "/payouts")}/reconciliation`;
  const checked = `${formatCount(check.checked)} ${check.checked === 1 ? "account" : "accounts"} of this page checked`;
  return (
    <div class="stack">
      <PageHead
        title="Check accounts"
        back={{ href: programHref(program, "/payouts"), label: "Payouts" }}
        note="Compares each affiliate’s ledger with the statements, and with what this console and the portal show of them."
      />
      <section class="card" aria-label="Result">
        <Verdict is_right={check.data.length === 0}>{checked}</Verdict>
        {check.data.length > 0 && (
          <DataTable
            caption="Accounts that don’t add up"
            columns={[
              { label: "Affiliate", is_heading: true },
              { label: "Differences", is_wide: true },
            ]}
            rows={check.data.map(({ affiliate, differences }) => [
              <a href={programHref(program, `/affiliates/${encodeURIComponent(affiliate)}`)}>{affiliate}</a>,
              differences.join(" "),
            ])}
          />
        )}
        <Pager path={path} params={{ cursor }} next={check.next} />
      </section>
    </div>
  );
}

/** Whether a run's statements, payment files and reports agree. */
export function RunCheckPage({ program, run, check }: { program: string; run: RunView; check: RunCheck }) {
  const { files, differences, statements } = check;
  return (
    <div class="stack">
      <PageHead
        title={`Check ${nameRun(run)}`}
        back={{ href: `${programHref(program, "/payouts")}/${run.id}`, label: nameRun(run) }}
      />
      <section class="card" aria-label="Result">
        <Verdict is_right={differences.length === 0}>
          {files === null
            ? "Statements compared with the run’s totals"
            : `Statements compared with the run’s totals and ${formatCount(files.files)} payment files with ${formatCount(files.payments)} payments; ${formatCount(files.left_out)} are in no file`}
        </Verdict>
        {differences.map((text) => (
          <p class="notice">{text}</p>
        ))}
        <DataTable
          caption="Statements by status"
          columns={[
            { label: "Status", is_heading: true },
            { label: "Statements", is_number: true },
            { label: "Payments", is_number: true },
            { label: "Amount", is_number: true },
          ]}
          rows={statements.map((sum) => [
            nameStatementStatus(sum.status as StatementStatus),
            formatCount(sum.statements),
            formatCount(sum.payments),
            formatMoney(sum.amount, sum.currency),
          ])}
        />
      </section>
    </div>
  );
}

function Verdict({ is_right, children }: { is_right: boolean; children: Child }) {
  return (
    <p class="verdict">
      <StatusTag tone={is_right ? "good" : "bad"}>{is_right ? "Adds up" : "Doesn’t add up"}</StatusTag> {children}.
    </p>
  );
}
