/** `/admin/programs/new`: a program from a preset, next to what its terms say and pay. */
import { changeApi } from "../../console/layout/call-api.ts";
import { Field, FORM_KEY, Form, type FormState, newForm, SelectField, TextField } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import {
  allow,
  type ConsoleApp,
  type ConsoleContext,
  show,
  showNotPermitted,
  signedIn,
} from "../../console/layout/page.tsx";
import { PageHead } from "../../console/layout/parts.tsx";
import { readFormFields } from "../../portal/layout/read-form-handler.ts";
import { presets } from "../presets/index.ts";
import { namePreset } from "./name-preset.ts";
import { type PreviewView, TermsWords, TypicalSales } from "./terms-words.tsx";
import { listTypicalSales, type TypicalSale } from "./typical-sales.ts";

const FIELDS = [
  "name",
  "slug",
  "currency",
  "preset",
  "home_url",
  "destination_hosts",
  "redirect_host",
  "cookie_domain",
];
const DEFAULTS = { currency: "USD", preset: "kartra-classic" };

export function addNewProgramRoutes(app: ConsoleApp): void {
  app.get("/programs/new", allow("write"), (c) => showForm(c, newForm({ ...DEFAULTS, ...c.req.query() })));

  app.post("/programs/new", allow("write"), async (c) => {
    const values = await readFormFields(c);
    const body = readNewProgram(values);
    const made = await changeApi<{ slug: string }>(c, {
      ...{ method: "POST", path: "/programs", body },
      idempotency_key: values[FORM_KEY],
    });
    if (!made.ok) return showForm(c, { values, problem: made.problem });
    return c.redirect(programHref(made.body.slug, "/setup?done=created"), 303);
  });
}

/** The API's body of what was entered. Empty fields are left out. */
function readNewProgram(values: Readonly<Record<string, string>>): Record<string, unknown> {
  const { destination_hosts = "", currency = "", ...others } = values;
  const texts = ["name", "slug", "preset", "home_url", "redirect_host", "cookie_domain"].flatMap((name) => {
    const text = others[name]?.trim() ?? "";
    return text === "" ? [] : [[name, text] as const];
  });
  return {
    ...Object.fromEntries(texts),
    currency: currency.trim().toUpperCase(),
    destination_hosts: destination_hosts.split(/[\s,]+/).filter((host) => host !== ""),
  };
}

async function showForm(c: ConsoleContext, form: FormState): Promise<Response> {
  if (signedIn(c).session.actor.program_ids !== null) return showNotPermitted(c, "write");
  const { preset = "" } = form.values;
  const currency = /^[A-Za-z]{3}$/.test(form.values.currency ?? "")
    ? (form.values.currency ?? "").toUpperCase()
    : "USD";
  const sales = listTypicalSales(currency, c.var.now);
  const previewed = await changeApi<PreviewView>(c, {
    ...{ method: "POST", path: "/terms/preview" },
    body: { currency, ...(Object.hasOwn(presets, preset) && { preset }), sales: sales.map(({ sale }) => sale) },
  });
  const page = <NewProgramPage {...{ form, currency, sales }} preview={previewed.ok ? previewed.body : null} />;
  return show(c, form.problem === null ? 200 : 422, "New program", page);
}

function NewProgramPage(props: {
  form: FormState;
  currency: string;
  sales: readonly TypicalSale[];
  /** Null if the currency is unknown. */
  preview: PreviewView | null;
}) {
  const { form, currency, sales, preview } = props;
  return (
    <div class="stack">
      <PageHead
        title="New program"
        note="A program has one set of terms, a currency and its own links. You can change all but its slug and currency later."
        back={{ href: "/admin/programs", label: "Programs" }}
      />
      <div class="columns">
        <section class="card" aria-labelledby="program">
          <h2 id="program">Program</h2>
          <Form action="/admin/programs/new" state={form} submit="Create program" fields={FIELDS}>
            <Field state={form} name="name" label="Name" note="Affiliates see it." required />
            <Field
              state={form}
              name="slug"
              label="Slug"
              note="Its name in URLs and cookies: lowercase letters, digits and -. It never changes."
              required
            />
            <Field state={form} name="currency" label="Currency" note="Such as USD. It never changes." required />
            <SelectField
              state={form}
              name="preset"
              label="Terms to begin with"
              note={
                <>
                  You can change them before the first sale.{" "}
                  <button type="submit" formmethod="get" formnovalidate formaction="/admin/programs/new">
                    Show these terms
                  </button>
                </>
              }
              options={[
                ["", "None: no commission yet"],
                ...Object.entries(presets).map(([name, terms]) => [name, namePreset(name, terms)] as const),
              ]}
            />
            <TextField
              state={form}
              name="destination_hosts"
              label="Destination hosts"
              note="The hosts of your shop that links may lead to, one a line, such as shop.example."
              required
            />
            <Field state={form} name="home_url" label="Home page" type="url" note="Where your product is sold." />
            <Field
              state={form}
              name="redirect_host"
              label="Link domain"
              note="Your own host for links, such as go.example.com. Leave it empty to use this one."
            />
            <Field
              state={form}
              name="cookie_domain"
              label="Cookie domain"
              note="The link domain’s own domain or one above it, so that your shop can read the cookie."
            />
          </Form>
        </section>
        {preview !== null && (
          <div class="stack">
            <section class="card" aria-labelledby="sales">
              <h2 id="sales">What typical sales would earn</h2>
              <TypicalSales {...{ sales, preview, currency }} />
            </section>
            <section class="card" aria-labelledby="words">
              <h2 id="words">The terms, as affiliates read them</h2>
              <TermsWords words={preview.words} />
            </section>
          </div>
        )}
      </div>
    </div>
  );
}
