/** `/admin/operations`: what is late, lost or wrong, and what to do about it. */
import type * as v from "valibot";
import { readApi } from "../../console/layout/call-api.ts";
import { allow, type ConsoleApp, show } from "../../console/layout/page.tsx";
import { PageHead, StatusTag } from "../../console/layout/parts.tsx";
import { DataTable } from "../../portal/layout/table.tsx";
import { Time } from "../../portal/layout/time.tsx";
import type { item } from "../reference/operations.ts";

type Item = v.InferOutput<typeof item>;

const TONES = { ok: "good", warning: "waiting", failing: "bad" } as const;
const TITLES = { ok: "Everything works", warning: "Something needs attention", failing: "Something is wrong now" };

export function addOperationRoutes(app: ConsoleApp): void {
  app.get("/operations", allow("read"), async (c) => {
    const status = await readApi<{ status: Item["status"]; checked_at: string; items: Item[] }>(c, "/status");
    return show(c, 200, "Operations", <OperationsPage {...status} />);
  });
}

function OperationsPage({ status, checked_at, items }: { status: Item["status"]; checked_at: string; items: Item[] }) {
  // What is wrong comes first.
  const order = ["failing", "warning", "ok"];
  const sorted = items.toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  return (
    <div class="stack">
      <PageHead
        title="Operations"
        note={
          <>
            Checked <Time ms={Date.parse(checked_at)} />.
          </>
        }
      />
      <section class="card" aria-labelledby="state">
        <h2 id="state">{TITLES[status]}</h2>
        <DataTable
          caption="Checks"
          columns={[{ label: "Check", is_heading: true }, { label: "State" }, { label: "Result", is_wide: true }]}
          rows={sorted.map((each) => [
            nameCheck(each.name),
            <StatusTag tone={TONES[each.status]}>{each.status}</StatusTag>,
            <>
              {each.detail}
              {each.fix !== null && <span class="note">{each.fix}</span>}
              {each.since !== null && (
                <span class="note">
                  Since <Time ms={Date.parse(each.since)} />
                </span>
              )}
            </>,
          ])}
        />
        <p class="note spaced">
          <a href="/docs/operations#status">What each check means</a>
        </p>
      </section>
    </div>
  );
}

/** `click_queue` as `Click queue`. */
function nameCheck(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
