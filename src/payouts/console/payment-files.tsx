import type { Child } from "hono/jsx";
import { FormKey } from "../../console/layout/form.tsx";
import { formatCount, formatMoney } from "../../portal/layout/formats-context.tsx";
import { DataTable } from "../../portal/layout/table.tsx";

/** The payment files of a run, as the API lists them. */
export interface FilesView {
  data: { name: string; provider: string; currency: string; rows: number; total: number }[];
  left_out: { statement: string; amount: number; currency: string; detail: string }[];
}

/** What became of a provider's report, as the API says it. */
export interface ReportView {
  paid: number;
  failed: number;
  unchanged: number;
  pending: number;
  unrelated: number;
  faults: { line: number; statement: string; detail: string }[];
  next: string | null;
}

const PROVIDERS: Readonly<Record<string, string>> = { paypal: "PayPal", wise: "Wise" };

/** The payment files to upload at the provider, and the payments that no file contains. `path` is the run's page. */
export function PaymentFiles({ path, files, can_pay }: { path: string; files: FilesView | null; can_pay: boolean }) {
  return (
    <section class="card" aria-labelledby="files">
      <h2 id="files">Payment files</h2>
      {files === null ? (
        <p class="empty">The files are ready once all statements have arrived. Reload this page in a moment.</p>
      ) : (
        <>
          {files.data.length === 0 && <p class="empty">No payment can be made by a file.</p>}
          {files.data.length > 0 && (
            <>
              <p class="muted">
                Upload each file at its provider. They contain full payment details, and each download is in the audit
                log.
              </p>
              <DataTable
                caption="Payment files"
                columns={[
                  { label: "File", is_heading: true },
                  { label: "Upload it at" },
                  { label: "Payments", is_number: true },
                  { label: "Total", is_number: true },
                ]}
                rows={files.data.map(({ name, provider, currency, rows, total }) => [
                  can_pay ? (
                    <a href={`${path}/files/${encodeURIComponent(name)}`} download={name}>
                      {name}
                    </a>
                  ) : (
                    name
                  ),
                  PROVIDERS[provider] ?? provider,
                  formatCount(rows),
                  formatMoney(total, currency),
                ])}
              />
            </>
          )}
          {files.left_out.length > 0 && <LeftOut path={path} left_out={files.left_out} />}
        </>
      )}
    </section>
  );
}

function LeftOut({ path, left_out }: { path: string; left_out: FilesView["left_out"] }) {
  return (
    <>
      <h3 class="spaced">In no file</h3>
      <p class="muted">
        Pay these yourself and record it on their statements. What stays unpaid goes into the next run.
      </p>
      <DataTable
        caption="Payments that are in no file"
        columns={[
          { label: "Statement", is_heading: true },
          { label: "Amount", is_number: true },
          { label: "Reason", is_wide: true },
        ]}
        rows={left_out.map(({ statement, amount, currency, detail }) => [
          <a href={`${path}/statements/${statement}`}>{statement}</a>,
          formatMoney(amount, currency),
          <span class="reason">{detail}</span>,
        ])}
      />
    </>
  );
}

/** A form to upload a provider's report, and what became of the one before. */
export function ReportForm({ path, report, fault }: { path: string; report: ReportView | null; fault: string | null }) {
  return (
    <section class="card stack" aria-labelledby="report">
      <h2 id="report">Report of payments</h2>
      {report !== null && <ReportResult report={report} />}
      <form method="post" action={`${path}/results#report`} enctype="multipart/form-data" class="fields">
        <FormKey />
        {report?.next != null && <input type="hidden" name="after" value={report.next} />}
        <div class="field">
          <label for="field-report">Report</label>
          <input
            id="field-report"
            name="report"
            type="file"
            accept=".csv,text/csv"
            required
            aria-describedby="field-report-note"
            aria-invalid={fault !== null}
          />
          <span id="field-report-note" class={fault === null ? "note" : "fault"}>
            {fault ?? "The CSV that PayPal or Wise gives you after the payments, as it is."}
          </span>
        </div>
        <div>
          <button type="submit">Upload report</button>
        </div>
      </form>
    </section>
  );
}

function ReportResult({ report }: { report: ReportView }) {
  const { paid, failed, unchanged, pending, unrelated, faults, next } = report;
  const counts: [number, string][] = [
    [paid, "recorded as paid"],
    [failed, "marked as failed"],
    [unchanged, "known already"],
    [pending, "not final yet"],
    [unrelated, "about other payments"],
  ];
  const said = counts.filter(([count]) => count > 0).map(([count, what]): Child => `${formatCount(count)} ${what}`);
  return (
    <div class="notice" role="status">
      <p>The report was read: {said.length === 0 ? "it changes nothing" : said.join(", ")}.</p>
      {next !== null && <p>It has more than one upload can take. Upload the same report again to go on.</p>}
      {faults.length > 0 && (
        <>
          <p>These lines were not applied. Their payments stay unpaid until a later report confirms them:</p>
          <ul>
            {faults.map(({ line, statement, detail }) => (
              <li>
                Line {line}, {statement}: {detail}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
