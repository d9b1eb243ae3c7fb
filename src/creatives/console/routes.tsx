/** `/admin/programs/:program/creatives`. */
import { changeApi, readApi } from "../../console/layout/call-api.ts";
import { FORM_KEY, type FormState, newForm } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { allow, type ConsoleApp, type ConsoleContext, may, show } from "../../console/layout/page.tsx";
import { Confirm, PageHead } from "../../console/layout/parts.tsx";
import { readFormFields } from "../../portal/layout/read-form-handler.ts";
import { type CreativeView, creativeHref, KINDS, readBody, readKind, toValues } from "./creative-form.ts";
import { CreativePage, CreativesPage, NewCreativePage } from "./creatives-page.tsx";

export function addCreativeRoutes(app: ConsoleApp): void {
  app.get("/programs/:program/creatives", allow("read"), async (c) => {
    const { cursor = null, done } = c.req.query();
    const { data, next } = await readApi<{ data: CreativeView[]; next: string | null }>(c, listPath(c), { cursor });
    const page = (
      <CreativesPage {...{ program: programOf(c), creatives: data, next, cursor, done }} may_write={may(c, "write")} />
    );
    return show(c, 200, "Creatives", page);
  });

  app.get("/programs/:program/creatives/new", allow("write"), (c) => showNew(c, newForm()));

  app.post("/programs/:program/creatives/new", allow("write"), async (c) => {
    const values = await readFormFields(c);
    const kind = readKind(c.req.query("kind"));
    const created = await changeApi<CreativeView>(c, {
      ...{ method: "POST", path: listPath(c), body: { kind, ...readBody(kind, values) } },
      idempotency_key: values[FORM_KEY],
    });
    if (!created.ok) return showNew(c, { values, problem: created.problem });
    return c.redirect(programHref(programOf(c), "/creatives?done=created"), 303);
  });

  app.get("/programs/:program/creatives/:creative", allow("read"), async (c) => {
    const creative = await readCreative(c);
    return showCreative(c, creative, newForm(toValues(creative)));
  });

  app.post("/programs/:program/creatives/:creative", allow("write"), async (c) => {
    const creative = await readCreative(c);
    const values = await readFormFields(c);
    const body = readBody(creative.kind, values);
    const saved = await changeApi(c, { method: "PATCH", path: creativePath(c), body });
    if (!saved.ok) return showCreative(c, creative, { values, problem: saved.problem });
    return c.redirect(creativeHref(programOf(c), creative.id, "?done=saved"), 303);
  });

  app.get("/programs/:program/creatives/:creative/remove", allow("write"), async (c) => {
    const { id, kind, title } = await readCreative(c);
    const page = (
      <div class="stack">
        <PageHead title={`Remove ${title}?`} />
        <Confirm
          action={creativeHref(programOf(c), id, "/remove")}
          effect={`Affiliates no longer see this ${KINDS[kind].toLowerCase()} in the portal. Copies on their pages, and the links in them, keep working.`}
          undo="This can’t be undone, but you can add it again."
          submit="Remove"
          cancel={creativeHref(programOf(c), id)}
          is_danger
          values={{}}
        />
      </div>
    );
    return show(c, 200, `Remove ${title}`, page);
  });

  app.post("/programs/:program/creatives/:creative/remove", allow("write"), async (c) => {
    if ((await readFormFields(c)).confirmed !== "yes") {
      return c.redirect(creativeHref(programOf(c), c.req.param("creative"), "/remove"), 303);
    }
    const removed = await changeApi(c, { method: "DELETE", path: creativePath(c) });
    if (!removed.ok) throw removed.problem;
    return c.redirect(programHref(programOf(c), "/creatives?done=removed"), 303);
  });
}

const programOf = (c: ConsoleContext) => c.req.param("program") ?? "";

// Paths of the API.
const listPath = (c: ConsoleContext) => `/programs/${encodeURIComponent(programOf(c))}/creatives`;
const creativePath = (c: ConsoleContext) => `${listPath(c)}/${encodeURIComponent(c.req.param("creative") ?? "")}`;

function readCreative(c: ConsoleContext): Promise<CreativeView> {
  return readApi(c, creativePath(c));
}

function showNew(c: ConsoleContext, state: FormState): Response | Promise<Response> {
  const kind = readKind(c.req.query("kind"));
  const page = <NewCreativePage program={programOf(c)} {...{ kind, state }} />;
  return show(c, statusOf(state), `Add ${KINDS[kind].toLowerCase()}`, page);
}

function showCreative(c: ConsoleContext, creative: CreativeView, state: FormState): Response | Promise<Response> {
  const props = { program: programOf(c), creative, state, may_write: may(c, "write"), done: c.req.query("done") };
  return show(c, statusOf(state), creative.title, <CreativePage {...props} />);
}

function statusOf({ problem }: FormState): 200 | 422 {
  return problem === null ? 200 : 422;
}
