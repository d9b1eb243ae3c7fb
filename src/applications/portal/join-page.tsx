/** The sign-up page of a program, and the pages that follow it. */
import type { Child } from "hono/jsx";
import { nameCountry } from "../../lib/messages/name-country.ts";
import { MessagePage } from "../../portal/layout/message.tsx";
import { explainTerms, type TermsSection } from "../../programs/explain-terms.ts";
import type { ProgramTerms } from "../../programs/terms.ts";
import type { ApplicationForm } from "../application-form.ts";
import type { Program } from "../approve-store.ts";
import { type EnteredValues, OWN_PREFIX } from "../read-application.ts";
import { Asked, attributes, type Countries, CountryOptions, Labeled } from "./join-fields.tsx";

/** What the page shows. */
export interface JoinPageProps {
  program: Program;
  form: ApplicationForm;
  terms: ProgramTerms;
  groups: ReadonlyMap<string, string>;
  countries: Countries;
  /** The country that the request is from, as Cloudflare says; empty if it doesn't. */
  country: string;
  values: EnteredValues;
  faults: Readonly<Record<string, string>>;
  /** The signed-in affiliate; null for anyone else. */
  account: { name: string; username: string } | null;
  /** The name of the affiliate whose recruiting link led here. */
  sponsor: { name: string; username: string } | null;
  /** The token of an invitation that works. */
  invitation: string | null;
}

/** `/app/join/:program`. */
export function JoinPage(props: JoinPageProps) {
  const { program, form, terms, groups, faults, account } = props;
  const sections = explainTerms({ terms, currency: program.currency, version: null, groups });
  const main = listMainSections(terms);
  return (
    <div class="join">
      <Brand program={program} />
      <div class="page-head">
        <h1>{program.headline ?? `Become an affiliate of ${program.name}`}</h1>
      </div>
      {form.introduction !== null && <Paragraphs text={form.introduction} />}
      <section class="card" aria-labelledby="form">
        <h2 id="form">{form.mode === "open" || props.invitation !== null ? "Join" : "Apply"}</h2>
        {account !== null && (
          <p>
            You’re signed in as <strong>{account.name}</strong> ({account.username}).
          </p>
        )}
        {account === null && (
          <p class="muted">
            Already an affiliate here? <a href="/app/sign-in">Sign in</a> first, and join with the same account.
          </p>
        )}
        {Object.keys(faults).length > 0 && (
          <p class="fault" role="alert">
            Nothing was sent yet. Correct the highlighted fields.
          </p>
        )}
        <EntryForm {...props} />
      </section>
      <section class="card join-earn" aria-labelledby="terms">
        <h2 id="terms">What you earn</h2>
        {sections
          .filter(({ id }) => main.has(id))
          .map((section) => (
            <Section section={section} />
          ))}
        <details>
          <summary>All terms</summary>
          {sections
            .filter(({ id }) => !main.has(id))
            .map((section) => (
              <Section section={section} />
            ))}
        </details>
      </section>
      <Support program={program} />
    </div>
  );
}

/** The sections that say what is earned and when it is paid. One that would only say "none" is left to all terms. */
function listMainSections({ tiers, second_tier, milestones }: ProgramTerms): ReadonlySet<TermsSection["id"]> {
  return new Set<TermsSection["id"]>([
    "rates",
    ...(tiers === null ? [] : (["tiers"] as const)),
    ...(second_tier === null ? [] : (["second_tier"] as const)),
    ...(milestones.length === 0 ? [] : (["milestones"] as const)),
    ...(["hold", "payout"] as const),
  ]);
}

function Section({ section: { heading, lines } }: { section: TermsSection }) {
  if (lines.length === 0) return null;
  return (
    <section>
      <h3>{heading}</h3>
      {lines.map((line) => (
        <p>{line}</p>
      ))}
    </section>
  );
}

/** The logo and the name. */
function Brand({ program }: { program: Program }) {
  const { name, logo_url } = program;
  return (
    <p class="join-brand">
      {logo_url === null ? (
        <strong>{name}</strong>
      ) : (
        <img src={`/app/join/${program.slug}/logo`} alt={name} height="40" />
      )}
    </p>
  );
}

function Support({ program: { name, support_email } }: { program: Program }) {
  if (support_email === null) return null;
  return (
    <p class="muted">
      Questions? Write to {name}: <a href={`mailto:${support_email}`}>{support_email}</a>
    </p>
  );
}

function Paragraphs({ text }: { text: string }) {
  return (
    <>
      {text.split(/\n{2,}/).map((part) => (
        <p class="lines">{part}</p>
      ))}
    </>
  );
}

function EntryForm(props: JoinPageProps) {
  const { program, form, countries, account, sponsor, invitation, values } = props;
  const limited = form.countries;
  const fault = (field: string) => props.faults[field] ?? null;
  const value = (field: string) => values[field]?.[0] ?? "";
  const check = `/app/join/${program.slug}/username`;
  return (
    <form method="post" action={`/app/join/${program.slug}`} class="fields join-form">
      {invitation !== null && <input type="hidden" name="invitation" value={invitation} />}
      {sponsor !== null && <input type="hidden" name="by" value={sponsor.username} />}
      {account === null && (
        <>
          <Labeled name="name" label="Name" fault={fault("name")}>
            <input {...attributes("name", fault("name"))} value={value("name")} autocomplete="name" required />
          </Labeled>
          <Labeled
            name="email"
            label="Email address"
            fault={fault("email")}
            note={invitation === null ? "We’ll send you a link to confirm it." : null}
          >
            <input
              {...attributes("email", fault("email"))}
              type="email"
              value={value("email")}
              autocomplete="email"
              required
            />
          </Labeled>
          <Labeled
            name="username"
            label="Username"
            fault={fault("username")}
            note="Part of your link, and it never changes: a–z, 0–9 and . _ -"
          >
            <input
              {...attributes("username", fault("username"))}
              value={value("username")}
              autocomplete="username"
              autocapitalize="none"
              spellcheck={false}
              maxlength={39}
              data-checked-at={check}
              required
            />
          </Labeled>
          <div class="vh" aria-hidden="true">
            <label for="website">Leave this empty</label>
            <input id="website" name="website" tabindex={-1} autocomplete="off" />
          </div>
        </>
      )}
      {limited !== null && (
        <Labeled name="country" label="Country" fault={fault("country")}>
          <select {...attributes("country", fault("country"))} required>
            <CountryOptions
              countries={limited.map((code) => [code, nameCountry(code)] as const)}
              selected={value("country") || props.country}
            />
          </select>
        </Labeled>
      )}
      {form.questions.map((question) => (
        <Asked
          question={question}
          entered={values[`${OWN_PREFIX}${question.key}`] ?? []}
          fault={fault(`${OWN_PREFIX}${question.key}`)}
          countries={countries}
        />
      ))}
      {sponsor !== null && (
        <label class="check wide">
          <input type="checkbox" name="shares_email" checked={value("shares_email") === "on"} /> {sponsor.name}, who
          referred me, may see my email address
        </label>
      )}
      <Acceptance program={program} form={form} fault={fault("terms")} is_checked={value("terms") === "on"} />
      <div class="wide">
        <button type="submit" class="primary">
          {form.mode === "open" || invitation !== null ? "Join" : "Send application"}
        </button>
      </div>
    </form>
  );
}

/** Whether affiliates must accept terms of service. */
export function hasTerms(program: Pick<Program, "terms_url">, form: Pick<ApplicationForm, "terms_text">): boolean {
  return program.terms_url !== null || form.terms_text !== null;
}

interface AcceptanceProps {
  program: Program;
  form: ApplicationForm;
  fault: string | null;
  is_checked: boolean;
}

function Acceptance({ program: { terms_url, terms_version }, form, fault, is_checked }: AcceptanceProps) {
  if (!hasTerms({ terms_url }, form)) return null;
  const words = `terms of service${terms_version === null ? "" : ` (version ${terms_version})`}`;
  return (
    <div class="wide">
      {form.terms_text !== null && (
        <details>
          <summary>Terms of service</summary>
          <Paragraphs text={form.terms_text} />
        </details>
      )}
      <label class="check">
        <input type="checkbox" name="terms" required checked={is_checked} aria-invalid={fault !== null} /> I accept the{" "}
        {terms_url === null ? (
          words
        ) : (
          <a href={terms_url} target="_blank" rel="noopener noreferrer">
            {words}
          </a>
        )}
      </label>
      {fault !== null && <p class="fault">{fault}</p>}
    </div>
  );
}

/** The page of a program that can't be joined this way. */
export function ClosedPage({ program, children }: { program: Program; children?: Child }) {
  return (
    <>
      <MessagePage title={`The affiliate program of ${program.name}`}>{children}</MessagePage>
      <Support program={program} />
    </>
  );
}

/** After an application: the same for every address, known or not. */
export function CheckEmailPage({ program }: { program: Program }) {
  return (
    <MessagePage title="Check your email">
      <p>
        We’ve sent you a <strong>link to confirm your email address</strong>. {program.name} sees your application once
        you have opened it. The link works for 24 hours.
      </p>
      <p>
        No email after a few minutes? Check your spam folder, then <a href={`/app/join/${program.slug}`}>apply again</a>
        .
      </p>
    </MessagePage>
  );
}
