import { DataTable } from "../portal/layout/table.tsx";
import { Time } from "../portal/layout/time.tsx";
import { ProgramList } from "../programs/console/program-list.tsx";
import type { ProgramFigures } from "../programs/console/queries.ts";
import type { Role } from "../users/actor.ts";
import { nameBrowser } from "./layout/name-browser.ts";
import type { OwnSession } from "./layout/sign-in-store.ts";

/** What each role may do, in a sentence. */
const ROLES: Record<Role, string> = {
  owner: "You can do everything.",
  manager: "You can do everything except manage users and API keys, and approve and pay payouts.",
  finance: "You can draft, approve and pay payouts, set payout methods and tax forms, and look at everything else.",
  developer: "You can set up webhook endpoints and API keys, and look at everything else.",
  viewer: "You can look at everything except payment details.",
};

/** Confirmations by the value of `?done=`. */
const CONFIRMATIONS: Record<string, string> = { ended: "Session ended.", others: "All other sessions ended." };

export interface HomeProps {
  name: string;
  role: Role;
  is_limited: boolean;
  programs: ProgramFigures[];
  sessions: OwnSession[];
  /** The id of the session that shows the page. */
  current: string;
  done: string | undefined;
}

/** The console's first page: the programs, the user's role and sessions. */
export function HomePage({ name, role, is_limited, programs, sessions, current, done = "" }: HomeProps) {
  const confirmation = CONFIRMATIONS[done];
  return (
    <div class="stack">
      <div class="page-head">
        <h1>Overview</h1>
      </div>
      {confirmation !== undefined && (
        <p class="notice" role="status">
          {confirmation}
        </p>
      )}
      <ProgramList programs={programs} is_limited={is_limited} />
      <section class="card" aria-labelledby="access">
        <h2 id="access">Your access</h2>
        <dl class="facts spaced">
          <dt>Signed in as</dt>
          <dd>{name}</dd>
          <dt>Role</dt>
          <dd>
            {role}. {ROLES[role]}
          </dd>
          <dt>Programs</dt>
          <dd>{is_limited ? "The programs above only." : "All programs."}</dd>
        </dl>
      </section>
      <Sessions sessions={sessions} current={current} />
    </div>
  );
}

function Sessions({ sessions, current }: { sessions: OwnSession[]; current: string }) {
  return (
    <section class="card" aria-labelledby="sessions">
      <h2 id="sessions">Your sessions</h2>
      <p class="muted">Don’t recognize one? End it, and ask an owner to check the audit log.</p>
      <DataTable
        caption="Your sessions"
        columns={[
          { label: "Browser", is_heading: true },
          { label: "Signed in" },
          { label: "Ends" },
          { label: "Action", is_wide: true },
        ]}
        rows={sessions.map(({ id, browser, created_at, expires_at }) => [
          nameBrowser(browser),
          <Time ms={created_at} />,
          <Time ms={expires_at} />,
          id === current ? (
            "This session"
          ) : (
            <form method="post" action={`/admin/sessions/${id}/end`}>
              <button type="submit">
                End session<span class="vh"> on {nameBrowser(browser)}</span>
              </button>
            </form>
          ),
        ])}
      />
      {sessions.length > 1 && (
        <form method="post" action="/admin/sessions/end-others" class="spaced">
          <button type="submit">End all other sessions</button>
        </form>
      )}
    </section>
  );
}
