/** `/admin/programs/:program/affiliates/new`: an affiliate, its enrollment and its first link in one form. */
import { changeApi } from "../../console/layout/call-api.ts";
import { FORM_KEY, type FormState, newForm } from "../../console/layout/form.tsx";
import { allow, type ConsoleApp, type ConsoleContext, show } from "../../console/layout/page.tsx";
import { NewLinkPage } from "../../links/console/link-form.tsx";
import { readFormFields } from "../../portal/layout/read-form-handler.ts";
import { sayRefusal } from "./change.ts";
import { EnrollPage, NewAffiliatePage } from "./new-page.tsx";
import { programOf, readGroups, readProgram } from "./program-queries.ts";
import { affiliateHref } from "./views.ts";

type Values = Readonly<Record<string, string>>;

export function addNewAffiliateRoutes(app: ConsoleApp): void {
  app.get("/programs/:program/affiliates/new", allow("write"), async (c) => showNew(c, newForm(await readDefaults(c))));

  app.post("/programs/:program/affiliates/new", allow("write"), async (c) => {
    const values = await readFormFields(c);
    const { name, email, username = "", sponsor = "" } = values;
    const body = { name, email, username, sponsor: sponsor === "" ? null : sponsor };
    const created = await changeApi<{ username: string }>(c, {
      ...{ method: "POST", path: "/affiliates", body },
      idempotency_key: keyOf(values, "affiliate"),
    });
    if (!created.ok) return showNew(c, { values, problem: created.problem });
    return enroll(c, { ...values, affiliate: created.body.username }, true);
  });

  app.get("/programs/:program/affiliates/enroll", allow("write"), async (c) => {
    const { affiliate = "" } = c.req.query();
    return showEnroll(c, newForm({ ...(await readDefaults(c)), affiliate }), false);
  });

  app.post("/programs/:program/affiliates/enroll", allow("write"), async (c) => {
    const values = await readFormFields(c);
    return enroll(c, values, false);
  });
}

/** Enrolls an affiliate, and creates its first link if there is a destination. */
async function enroll(c: ConsoleContext, values: Values, is_new: boolean): Promise<Response> {
  const { affiliate = "", status, group, destination = "", slug = "", is_customer } = values;
  const program = programOf(c);
  const enrolled = await changeApi<{ affiliate: string }>(c, {
    method: "POST",
    path: `/programs/${encodeURIComponent(program)}/enrollments`,
    body: { affiliate, status, group, ...(is_customer === "on" && { is_customer: true }) },
    idempotency_key: keyOf(values, "enrollment"),
  });
  if (!enrolled.ok) {
    return showEnroll(c, { values, problem: sayRefusal(enrolled.problem) }, is_new);
  }
  const username = enrolled.body.affiliate;
  if (destination.trim() === "") return c.redirect(affiliateHref(program, username, "?done=enrolled"), 303);
  const link = {
    program,
    affiliate: username,
    destination: destination.trim(),
    slug: slug.trim() || username.replaceAll(".", "-"),
  };
  const linked = await changeApi(c, {
    ...{ method: "POST", path: "/links", body: link },
    idempotency_key: keyOf(values, "link"),
  });
  if (linked.ok) return c.redirect(affiliateHref(program, username, "?done=added"), 303);
  const state = { values: link, problem: linked.problem };
  const page = <NewLinkPage program={await readProgram(c)} state={state} enrolled={username} />;
  return show(c, 422, "Create link", page);
}

/** Each of the form's calls needs its own key. */
function keyOf({ [FORM_KEY]: key }: Values, call: string): string | undefined {
  return key === undefined ? undefined : `${key}-${call}`;
}

async function readDefaults(c: ConsoleContext): Promise<Record<string, string>> {
  const { home_url, destination_hosts } = await readProgram(c);
  const [host] = destination_hosts;
  const destination = home_url ?? (host === undefined ? "" : `https://${host}/`);
  return { status: "approved", group: "default", destination };
}

async function showNew(c: ConsoleContext, state: FormState): Promise<Response> {
  const [program, groups] = await Promise.all([readProgram(c), readGroups(c)]);
  return show(c, statusOf(state), "Add affiliate", <NewAffiliatePage {...{ program, groups, state }} />);
}

async function showEnroll(c: ConsoleContext, state: FormState, is_new: boolean): Promise<Response> {
  const [program, groups] = await Promise.all([readProgram(c), readGroups(c)]);
  return show(c, statusOf(state), "Enroll an affiliate", <EnrollPage {...{ program, groups, state, is_new }} />);
}

function statusOf({ problem }: FormState): 200 | 422 {
  return problem === null ? 200 : 422;
}
