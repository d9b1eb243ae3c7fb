import { DataTable } from "../portal/layout/table.tsx";
import { Time } from "../portal/layout/time.tsx";
import type { Role } from "../users/actor.ts";
import { ACCESS_SESSION } from "./layout/access-resolver.ts";
import { nameBrowser } from "./layout/name-browser.ts";
import { Done, PageHead } from "./layout/parts.tsx";
import type { OwnSession } from "./layout/sign-in-store.ts";

/** What each role may do, in a sentence. */
const ROLES: Record<Role, string> = {
  owner: "You can do everything.",
  manager: "You can do everything except manage users and API keys, and approve and pay payouts.",
  finance: "You can draft, approve and pay payouts, set payout methods and tax forms, and look at everything else.",
  developer: "You can set up webhook endpoints and API keys, and look at everything else.",
  viewer: "You can look at everything except payment details.",
};

const CONFIRMATIONS = { ended: "Session ended.", others: "All other sessions ended." };

export interface AccessProps {
  name: string;
  role: Role;
  /** The names of the programs that the user may see; null for all. */
  programs: readonly string[] | null;
  sessions: OwnSession[];
  /** The id of the session that shows the page. */
  current: string;
  done: string | undefined;
}

/** What the user may do, and the user's sessions. */
export function AccessPage({ name, role, programs, sessions, current, done }: AccessProps) {
  return (
    <div class="stack">
      <PageHead title="Your access" />
      <Done done={done} texts={CONFIRMATIONS} />
      <section class="card" aria-labelledby="role">
        <h2 id="role">Role</h2>
        <dl class="facts spaced">
          <div>
            <dt>Signed in as</dt>
            <dd>{name}</dd>
          </div>
          <div>
            <dt>Role</dt>
            <dd>
              {role}. {ROLES[role]}
            </dd>
          </div>
          <div>
            <dt>Programs</dt>
            <dd>{programs === null ? "All programs" : programs.join(", ") || "None that still exists"}</dd>
          </div>
        </dl>
      </section>
      {current === ACCESS_SESSION && <p class="notice">Cloudflare Access has signed you in. Sign out there.</p>}
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
