/** `/admin/programs/:program/links`. */
import { changeApi, readApi } from "../../console/layout/call-api.ts";
import { FORM_KEY, type FormState, newForm } from "../../console/layout/form.tsx";
import { allow, type ConsoleApp, type ConsoleContext, may, show, showNotFound } from "../../console/layout/page.tsx";
import { readFormFields } from "../../portal/layout/read-form-handler.ts";
import { NewLinkPage } from "./link-form.tsx";
import { type LinkView, linkHref, readChanges, toValues } from "./link-view.ts";
import { LinkPage, LinksPage } from "./links-page.tsx";

interface LinkProgram {
  slug: string;
  destination_hosts: string[];
}

export function addLinkRoutes(app: ConsoleApp): void {
  app.get("/programs/:program/links", allow("read"), async (c) => {
    const { q = null, affiliate = null, disabled = null, sort = null, cursor = null } = c.req.query();
    const params = { q, affiliate, disabled, sort, cursor };
    const program = programOf(c);
    const list = await readApi<{ data: LinkView[]; next: string | null }>(c, "/links", { ...params, program });
    const page = <LinksPage {...{ program, params }} links={list.data} next={list.next} may_write={may(c, "write")} />;
    return show(c, 200, "Links", page);
  });

  app.get("/programs/:program/links/new", allow("write"), async (c) => {
    const { affiliate = "" } = c.req.query();
    return showNew(c, newForm({ affiliate }));
  });

  app.post("/programs/:program/links/new", allow("write"), async (c) => {
    const values = await readFormFields(c);
    const { affiliate, destination, slug = "", channel = "" } = values;
    const tracking = channel.trim() === "" ? {} : { kind: "tracking", channel: channel.trim() };
    const body = { program: programOf(c), affiliate, destination, ...(slug.trim() !== "" && { slug }), ...tracking };
    const created = await changeApi<LinkView>(c, {
      ...{ method: "POST", path: "/links", body },
      idempotency_key: values[FORM_KEY],
    });
    if (!created.ok) return showNew(c, { values, problem: created.problem });
    return c.redirect(withDone(linkHref(programOf(c), created.body), "created"), 303);
  });

  app.get("/programs/:program/links/:slug", allow("read"), async (c) => {
    const link = await readLink(c);
    return link === null ? showNotFound(c) : showLink(c, link, newForm(toValues(link)));
  });

  app.post("/programs/:program/links/:slug", allow("write"), async (c) => {
    const link = await readLink(c);
    if (link === null) return showNotFound(c);
    const values = await readFormFields(c);
    const body = readChanges(link, values);
    if (Object.keys(body).length > 0) {
      const saved = await changeApi(c, { method: "PATCH", path: pathOf(link), body });
      if (!saved.ok) return showLink(c, link, { values, problem: saved.problem });
    }
    return c.redirect(withDone(linkHref(programOf(c), link), "saved"), 303);
  });

  app.post("/programs/:program/links/:slug/state", allow("write"), async (c) => {
    const link = await readLink(c);
    if (link === null) return showNotFound(c);
    const disabled = (await readFormFields(c)).disabled === "yes";
    const changed = await changeApi(c, { method: "PATCH", path: pathOf(link), body: { disabled } });
    if (!changed.ok) throw changed.problem;
    return c.redirect(withDone(linkHref(programOf(c), link), disabled ? "disabled" : "enabled"), 303);
  });
}

function programOf(c: ConsoleContext): string {
  return c.req.param("program") ?? "";
}

/** The link of the path. Null if it belongs to another program. */
async function readLink(c: ConsoleContext): Promise<LinkView | null> {
  const slug = encodeURIComponent(c.req.param("slug") ?? "");
  const link = await readApi<LinkView>(c, `/links/${slug}`, { host: c.req.query("host") ?? null });
  return link.program === programOf(c) ? link : null;
}

function pathOf({ slug, url }: LinkView): string {
  return `/links/${encodeURIComponent(slug)}?host=${encodeURIComponent(new URL(url).host)}`;
}

function withDone(href: string, done: string): string {
  return `${href}&done=${done}`;
}

async function showNew(c: ConsoleContext, state: FormState): Promise<Response> {
  return show(c, statusOf(state), "Create link", <NewLinkPage program={await readProgram(c)} state={state} />);
}

async function showLink(c: ConsoleContext, link: LinkView, form: FormState): Promise<Response> {
  const done = c.req.query("done");
  const page = <LinkPage program={await readProgram(c)} {...{ link, form, done }} may_write={may(c, "write")} />;
  return show(c, statusOf(form), `Link ${link.slug}`, page);
}

function readProgram(c: ConsoleContext): Promise<LinkProgram> {
  return readApi(c, `/programs/${encodeURIComponent(programOf(c))}`);
}

function statusOf({ problem }: FormState): 200 | 422 {
  return problem === null ? 200 : 422;
}
