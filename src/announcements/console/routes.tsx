/** `/admin/programs/:program/announcements`. */
import { changeApi, readApi } from "../../console/layout/call-api.ts";
import { FORM_KEY, type FormState, newForm } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { allow, type ConsoleApp, type ConsoleContext, may, show } from "../../console/layout/page.tsx";
import { Confirm, PageHead } from "../../console/layout/parts.tsx";
import { readFormFields } from "../../portal/layout/read-form-handler.ts";
import { AnnouncementsPage, type AnnouncementView } from "./announcements-page.tsx";

export function addAnnouncementRoutes(app: ConsoleApp): void {
  app.get("/programs/:program/announcements", allow("read"), (c) => showList(c, newForm()));

  app.post("/programs/:program/announcements", allow("write"), async (c) => {
    const values = await readFormFields(c);
    const { title = "", text = "" } = values;
    const added = await changeApi(c, {
      ...{ method: "POST", path: listPath(c), body: { title, text } },
      idempotency_key: values[FORM_KEY],
    });
    if (!added.ok) return showList(c, { values, problem: added.problem });
    return c.redirect(pageOf(c, "?done=created"), 303);
  });

  app.get("/programs/:program/announcements/:announcement/remove", allow("write"), (c) => {
    const page = (
      <div class="stack">
        <PageHead title="Remove this announcement?" />
        <Confirm
          action={pageOf(c, `/${encodeURIComponent(c.req.param("announcement"))}/remove`)}
          effect="Affiliates no longer see it in the portal."
          undo="This can’t be undone, but you can announce it again."
          submit="Remove announcement"
          cancel={pageOf(c)}
          is_danger
          values={{}}
        />
      </div>
    );
    return show(c, 200, "Remove announcement", page);
  });

  app.post("/programs/:program/announcements/:announcement/remove", allow("write"), async (c) => {
    if ((await readFormFields(c)).confirmed !== "yes") return c.redirect(pageOf(c), 303);
    const path = `${listPath(c)}/${encodeURIComponent(c.req.param("announcement"))}`;
    const removed = await changeApi(c, { method: "DELETE", path });
    if (!removed.ok) throw removed.problem;
    return c.redirect(pageOf(c, "?done=removed"), 303);
  });
}

const programOf = (c: ConsoleContext) => c.req.param("program") ?? "";
const pageOf = (c: ConsoleContext, rest = "") => programHref(programOf(c), `/announcements${rest}`);
const listPath = (c: ConsoleContext) => `/programs/${encodeURIComponent(programOf(c))}/announcements`;

async function showList(c: ConsoleContext, state: FormState): Promise<Response> {
  const { cursor = null, done } = c.req.query();
  const { data, next } = await readApi<{ data: AnnouncementView[]; next: string | null }>(c, listPath(c), { cursor });
  const page = (
    <AnnouncementsPage
      {...{ program: programOf(c), announcements: data, next, cursor, done, state }}
      may_write={may(c, "write")}
    />
  );
  return show(c, state.problem === null ? 200 : 422, "Announcements", page);
}
