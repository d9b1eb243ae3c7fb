import { changeApi, readApi } from "../../console/layout/call-api.ts";
import { FORM_KEY } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { allow, type ConsoleApp, show } from "../../console/layout/page.tsx";
import { Confirm, PageHead, Pager } from "../../console/layout/parts.tsx";
import { readFormFields } from "../../portal/layout/read-form-handler.ts";
import { describeRules } from "../../programs/describe-rule.ts";
import { EntryTable } from "./affiliate-sections.tsx";
import { EFFECTS, readChange, sayRefusal, toFields } from "./change.ts";
import { ConfirmChangePage, ConfirmRatesPage, SignInLinkPage } from "./confirm-pages.tsx";
import { addCouponRoutes, addNoteRoutes } from "./note-routes.tsx";
import { readPercent } from "./percent.ts";
import { programOf, readGroups } from "./program-queries.ts";
import {
  accountPath,
  affiliatePath,
  enrollmentPath,
  pageOf,
  readAffiliate,
  readEnrollment,
  readRates,
  showAffiliate,
} from "./show-affiliate.tsx";
import type { EntryView, Page } from "./views.ts";

export function addAffiliatePageRoutes(app: ConsoleApp): void {
  app.get("/programs/:program/affiliates/:username", allow("read"), (c) => showAffiliate(c));

  app.post("/programs/:program/affiliates/:username", allow("write"), async (c) => {
    const values = await readFormFields(c);
    const { name, email } = values;
    const saved = await changeApi(c, { method: "PATCH", path: affiliatePath(c), body: { name, email } });
    if (!saved.ok) return showAffiliate(c, { details: { values, problem: saved.problem } });
    return c.redirect(pageOf(c, "?done=saved"), 303);
  });

  app.post("/programs/:program/affiliates/:username/status", allow("write"), async (c) => {
    const values = await readFormFields(c);
    const change = readChange(values);
    if (change === null) return c.redirect(pageOf(c), 303);
    if (change.action !== "approve" && values.confirmed !== "yes") {
      const [affiliate, enrollment, groups] = await Promise.all([readAffiliate(c), readEnrollment(c), readGroups(c)]);
      const page = <ConfirmChangePage {...{ program: programOf(c), affiliate, enrollment, groups, change }} />;
      return show(c, 200, EFFECTS[change.action].verb, page);
    }
    const changed = await changeApi(c, { method: "PATCH", path: enrollmentPath(c), body: toFields(change) });
    if (!changed.ok) return showAffiliate(c, { status: { values, problem: sayRefusal(changed.problem) } });
    return c.redirect(pageOf(c, `?done=${change.action}`), 303);
  });

  app.post("/programs/:program/affiliates/:username/sponsor", allow("write"), async (c) => {
    const values = await readFormFields(c);
    const sponsor = (values.sponsor ?? "").trim();
    const { sponsor: before } = await readEnrollment(c);
    const body = {
      // Without a change, no new sponsorship begins.
      ...(sponsor !== (before ?? "") && { sponsor: sponsor === "" ? null : sponsor }),
      may_reapply: values.may_reapply === "on",
    };
    const changed = await changeApi(c, { method: "PATCH", path: enrollmentPath(c), body });
    if (!changed.ok) return showAffiliate(c, { sponsor: { values, problem: changed.problem } });
    return c.redirect(pageOf(c, "?done=saved"), 303);
  });

  app.post("/programs/:program/affiliates/:username/sign-in-link", allow("write"), async (c) => {
    const affiliate = await readAffiliate(c);
    const { [FORM_KEY]: idempotency_key } = await readFormFields(c);
    const path = `${affiliatePath(c)}/sign-in-link?program=${encodeURIComponent(programOf(c))}`;
    const made = await changeApi<{ url: string; expires_at: string }>(c, { method: "POST", path, idempotency_key });
    if (!made.ok) throw made.problem;
    const { url, expires_at } = made.body;
    const page = <SignInLinkPage {...{ program: programOf(c), affiliate, url }} expires_at={Date.parse(expires_at)} />;
    return show(c, 200, "Sign-in link", page);
  });

  app.post("/programs/:program/affiliates/:username/view", allow("read_payees"), async (c) => {
    const { [FORM_KEY]: idempotency_key } = await readFormFields(c);
    const path = `${affiliatePath(c)}/view-link`;
    const made = await changeApi<{ url: string }>(c, { method: "POST", path, idempotency_key });
    if (!made.ok) throw made.problem;
    return c.redirect(made.body.url, 303);
  });

  addCouponRoutes(app);
  addNoteRoutes(app);
  addRatesRoute(app);
  addLedgerRoute(app);
  addErasureRoutes(app);
}

function addRatesRoute(app: ConsoleApp): void {
  app.post("/programs/:program/affiliates/:username/rates", allow("write"), async (c) => {
    const values = await readFormFields(c);
    const percent = readPercent(values.percent ?? "");
    if (!percent.ok) return showAffiliate(c, { rates: { values, problem: percent.problem } });
    const rates = percent.rate_bps === null ? null : [{ rate_bps: percent.rate_bps }];
    if (values.confirmed !== "yes") {
      const [affiliate, { balances }, { data }] = await Promise.all([
        readAffiliate(c),
        readEnrollment(c),
        readRates(c),
      ]);
      const currency = balances[0]?.currency ?? "USD";
      const rules = data.find(({ in_force }) => in_force)?.rates ?? null;
      const current = rules && describeRules(rules, currency);
      const page = (
        <ConfirmRatesPage
          {...{ program: programOf(c), affiliate, current }}
          rate_bps={percent.rate_bps}
          percent={values.percent ?? ""}
          currency={currency}
        />
      );
      return show(c, 200, "Change own rates", page);
    }
    const path = `${enrollmentPath(c)}/rates`;
    const saved = await changeApi(c, {
      ...{ method: "POST", path, body: { rates } },
      idempotency_key: values[FORM_KEY],
    });
    if (!saved.ok) return showAffiliate(c, { rates: { values, problem: saved.problem } });
    return c.redirect(pageOf(c, "?done=rates"), 303);
  });
}

function addLedgerRoute(app: ConsoleApp): void {
  app.get("/programs/:program/affiliates/:username/ledger", allow("read"), async (c) => {
    const { cursor = null } = c.req.query();
    const [affiliate, { data, next }] = await Promise.all([
      readAffiliate(c),
      readApi<Page<EntryView>>(c, `${accountPath(c)}/entries`, { cursor }),
    ]);
    const page = (
      <div class="stack">
        <PageHead title="Ledger" back={{ href: pageOf(c), label: affiliate.name }} />
        <section class="card" aria-label="Entries">
          <EntryTable program={programOf(c)} entries={data} />
          <Pager path={pageOf(c, "/ledger")} params={{ cursor }} next={next} />
        </section>
      </div>
    );
    return show(c, 200, `Ledger of ${affiliate.name}`, page);
  });
}

function addErasureRoutes(app: ConsoleApp): void {
  app.get("/programs/:program/affiliates/:username/erase", allow("write"), async (c) => {
    const { name, username, email } = await readAffiliate(c);
    const page = (
      <div class="stack">
        <PageHead title={`Erase ${name}?`} />
        <Confirm
          action={pageOf(c, "/erase")}
          effect={
            <>
              <p>
                The name, the email address{email !== null && ` ${email}`} and the payment details are deleted, sessions
                end, and every enrollment of {username} is suspended, in all programs.
              </p>
              <p>
                The username, links, sales and the ledger stay. Pay what is due first: afterwards nobody can be paid.
              </p>
            </>
          }
          undo="This can’t be undone."
          submit="Erase personal data"
          cancel={pageOf(c)}
          is_danger
          values={{}}
        />
      </div>
    );
    return show(c, 200, `Erase ${name}`, page);
  });

  app.post("/programs/:program/affiliates/:username/erase", allow("write"), async (c) => {
    if ((await readFormFields(c)).confirmed !== "yes") return c.redirect(pageOf(c, "/erase"), 303);
    const erased = await changeApi(c, { method: "POST", path: `${affiliatePath(c)}/erase` });
    if (!erased.ok) throw erased.problem;
    return c.redirect(programHref(programOf(c), "/affiliates?done=erased"), 303);
  });
}
