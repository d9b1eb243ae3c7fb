import { Confirm, Copied, CopyField, PageHead } from "../../console/layout/parts.tsx";
import { formatMoney, formatRate } from "../../portal/layout/formats-context.tsx";
import { Time } from "../../portal/layout/time.tsx";
import { EFFECTS, type EnteredChange } from "./change.ts";
import { type AffiliateView, affiliateHref, type EnrollmentView, type GroupView } from "./views.ts";

/** Of so many minor units, a rate earns its basis points. */
const WHOLE_BPS = 10_000;

interface ChangeProps {
  program: string;
  affiliate: AffiliateView;
  enrollment: EnrollmentView;
  groups: readonly GroupView[];
  change: EnteredChange;
}

/** Shows what another status or group means before it is given. */
export function ConfirmChangePage({ program, affiliate, enrollment, groups, change }: ChangeProps) {
  const { action, group, reason } = change;
  const { verb, effect, undo } = EFFECTS[action];
  const path = affiliateHref(program, affiliate.username);
  const to = action === "move" ? ` to ${groups.find(({ slug }) => slug === group)?.name ?? group}` : "";
  return (
    <div class="stack">
      <PageHead title={`${verb} ${affiliate.name}${to}?`} back={{ href: path, label: affiliate.name }} />
      <Confirm
        action={`${path}/status`}
        effect={
          <>
            <p>{effect}</p>
            {action !== "move" && <Owed balances={enrollment.balances} />}
            {reason !== "" && <p class="address">The affiliate reads the reason: {reason}</p>}
          </>
        }
        undo={undo}
        submit={`${verb} ${affiliate.name}`}
        cancel={path}
        is_danger={action !== "move"}
        values={{ action, group, reason }}
      />
    </div>
  );
}

function Owed({ balances }: Pick<EnrollmentView, "balances">) {
  const owed = balances.filter(({ reserve, due }) => reserve !== 0 || due !== 0);
  if (owed.length === 0) return <p>Nothing is owed to them.</p>;
  return (
    <ul>
      {owed.map(({ reserve, due, currency }) => (
        <li>
          {formatMoney(due, currency)} due and {formatMoney(reserve, currency)} in reserve stay in the ledger, and
          aren’t paid until they are approved.
        </li>
      ))}
    </ul>
  );
}

/** Shows what other own rates mean before they are set. */
export function ConfirmRatesPage(props: {
  program: string;
  affiliate: AffiliateView;
  /** The own rates in force, in words; null for none. */
  current: readonly string[] | null;
  /** Null to go back to the rates of the terms. */
  rate_bps: number | null;
  percent: string;
  /** The program's. */
  currency: string;
}) {
  const { program, affiliate, current, rate_bps, percent, currency } = props;
  const path = affiliateHref(program, affiliate.username);
  return (
    <div class="stack">
      <PageHead title={`Change own rates of ${affiliate.name}?`} back={{ href: path, label: affiliate.name }} />
      <Confirm
        action={`${path}/rates`}
        effect={
          <>
            <p>
              {rate_bps === null
                ? "Payments from now on earn by the rates of the terms."
                : `Payments from now on earn ${formatRate(rate_bps)}, whatever the terms say: ${formatMoney(rate_bps, currency)} of ${formatMoney(WHOLE_BPS, currency)}.`}
            </p>
            {current !== null && <p>Until now: {current.join(" ")}</p>}
            <p>Sales that are recorded already keep their rates.</p>
          </>
        }
        undo="You can change the rates again. Sales in between keep these."
        submit="Change own rates"
        cancel={path}
        values={{ percent }}
      />
    </div>
  );
}

/** A new sign-in link, shown once. */
export function SignInLinkPage(props: { program: string; affiliate: AffiliateView; url: string; expires_at: number }) {
  const { program, affiliate, url, expires_at } = props;
  return (
    <div class="stack">
      <PageHead
        title="Sign-in link"
        back={{ href: affiliateHref(program, affiliate.username), label: affiliate.name }}
      />
      <section class="card stack" aria-label="Sign-in link">
        <p>
          Send this link to {affiliate.name} over a channel that only they can read. It works once, until{" "}
          <Time ms={expires_at} />, and is shown only now.
        </p>
        <CopyField id="link" label="Sign-in link" value={url} />
        <Copied />
      </section>
    </div>
  );
}
