/** `/admin/programs/:program/terms`: the versions of a program's terms, and a new one. */
import { changeApi, readApi } from "../../console/layout/call-api.ts";
import { FORM_KEY, type FormState, newForm } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { allow, type ConsoleApp, type ConsoleContext, may, show } from "../../console/layout/page.tsx";
import { dayOf, toIsoDay } from "../../lib/calendar.ts";
import type { Problem } from "../../lib/problem.ts";
import { readFormFields } from "../../portal/layout/read-form-handler.ts";
import { type ListedSale, listPreviews, sumEffect } from "./terms-effect.ts";
import { placeFaults, readTermsForm, termsForm } from "./terms-form.ts";
import { EffectPage, TermsPage } from "./terms-page.tsx";
import type { PreviewView, VersionView } from "./terms-words.tsx";

/** The sales of these days show the effect of new terms. */
const EFFECT_DAYS = 90;
/** A page of the API's list: each sale is calculated twice. */
const EFFECT_SALES = 200;

interface Changed {
  terms: Readonly<Record<string, unknown>>;
  effective_from?: string;
}

export function addTermsRoutes(app: ConsoleApp): void {
  app.get("/programs/:program/terms", allow("read"), (c) => showTerms(c, c.req.param("program"), null));

  app.post("/programs/:program/terms", allow("write"), async (c) => {
    const program = c.req.param("program");
    const values = await readFormFields(c);
    const read = readTermsForm(values);
    const refuse = (problem: Problem) => showTerms(c, program, { values, problem });
    if (!read.ok) return refuse(read.problem);
    if (values.confirmed !== "yes") return showEffect(c, program, values, read.body, refuse);
    const published = await changeApi(c, {
      ...{ method: "POST", path: `${pathOf(program)}/terms`, body: read.body },
      idempotency_key: values[FORM_KEY],
    });
    if (!published.ok) return refuse(placeFaults(published.problem));
    return c.redirect(programHref(program, "/terms?done=published"), 303);
  });
}

const pathOf = (program: string) => `/programs/${encodeURIComponent(program)}`;

async function showTerms(c: ConsoleContext, program: string, form: FormState | null): Promise<Response> {
  const { version, done } = c.req.query();
  const { data: versions } = await readApi<{ data: VersionView[] }>(c, `${pathOf(program)}/terms`);
  const newest = versions[0];
  if (newest === undefined) throw new Error(`the program ${program} has no terms`);
  const shown =
    version === undefined
      ? (versions.find(({ in_force }) => in_force) ?? newest)
      : await readApi<VersionView>(c, `${pathOf(program)}/terms/${encodeURIComponent(version)}`);
  const page = (
    <TermsPage
      {...{ program, shown, versions, done }}
      form={form ?? newForm(termsForm(newest.terms))}
      can_write={may(c, "write")}
    />
  );
  return show(c, form === null || form.problem === null ? 200 : 422, "Terms", page);
}

/** Shows what the latest sales would have earned, or what is wrong with the terms. */
async function showEffect(
  c: ConsoleContext,
  program: string,
  values: Readonly<Record<string, string>>,
  { terms }: Changed,
  refuse: (problem: Problem) => Promise<Response>,
): Promise<Response> {
  const path = `${pathOf(program)}/terms/preview`;
  const any = { occurred_at: new Date(c.var.now).toISOString(), amount: 0 };
  const checked = await changeApi<PreviewView>(c, { method: "POST", path, body: { terms, sales: [any] } });
  if (!checked.ok) return refuse(placeFaults(checked.problem));
  const listed = await readApi<{ data: ListedSale[]; next: string | null }>(c, "/conversions", {
    ...{ program, type: "sale", credited: "true", limit: String(EFFECT_SALES) },
    from: toIsoDay(dayOf(c.var.now) - EFFECT_DAYS + 1),
  });
  const previews = listPreviews(listed.data);
  const { data: groups } = await readApi<{ data: { slug: string }[] }>(c, `${pathOf(program)}/groups`);
  const [before, after]: [PreviewView[], PreviewView[]] = [[], []];
  for (const { affiliate, sales } of previews) {
    const group = groups.length > 1 ? await readGroup(c, program, affiliate) : undefined;
    for (const [previewed, changes] of [[before, {}] as const, [after, { terms }] as const]) {
      const body = { ...changes, ...(group !== undefined && { group }), sales };
      const preview = await changeApi<PreviewView>(c, { method: "POST", path, body });
      if (!preview.ok) return refuse(placeFaults(preview.problem));
      previewed.push(preview.body);
    }
  }
  const { confirmed: _, [FORM_KEY]: __, ...kept } = values;
  const page = (
    <EffectPage
      {...{ program, words: checked.body.words, effects: sumEffect(before, after), values: kept }}
      sales={previews.reduce((sum, { sales }) => sum + sales.length, 0)}
      has_more={listed.next !== null}
    />
  );
  return show(c, 200, "Publish terms", page);
}

/** The group that an affiliate is in. */
async function readGroup(c: ConsoleContext, program: string, affiliate: string): Promise<string> {
  const path = `${pathOf(program)}/enrollments/${encodeURIComponent(affiliate)}`;
  return (await readApi<{ group: string }>(c, path)).group;
}
