/** The fields of objects, and parameters, as HTML. */
import { type Html, html, raw } from "../html.ts";
import { icon } from "../icons.ts";
import { describeLimits, findFields, listTypes, listValues } from "./describe-schema.ts";
import type { OpenApi, Parameter, Schema } from "./openapi.ts";

/** What the parts of the reference share. */
export interface ReferenceContext {
  openapi: OpenApi;
  /** Markdown of one line as HTML. */
  renderInline: (markdown: string) => string;
  /** The URL of the page with all objects. */
  objects_path: string;
}

/** More values than these fold up. */
const VALUES_MAX = 8;

/** Whether a reader sends the fields or gets them. */
export type Direction = "sent" | "answered";

/** The fields of an object; empty if it has none. */
export function renderFields(schema: Schema, direction: Direction, context: ReferenceContext): Html {
  const { properties = {}, required = [] } = schema;
  const isRequired = (name: string) => required.includes(name);
  const names = Object.keys(properties);
  if (names.length === 0) return html``;
  // What must be sent comes first. An answer is shown in its own order.
  const sorted =
    direction === "sent" ? [...names.filter(isRequired), ...names.filter((name) => !isRequired(name))] : names;
  return html`<ul class="fields">${sorted.map((name) => {
    const field = { name, schema: properties[name] ?? {}, is_required: isRequired(name) };
    return renderField(field, direction, context);
  })}</ul>`;
}

/** Parameters of the path, the query or the headers. */
export function renderParameters(parameters: readonly Parameter[], context: ReferenceContext): Html {
  return html`<ul class="fields">${parameters.map(({ name, description, schema = {}, required = false }) => {
    const described = { ...schema, ...(description !== undefined && { description }) };
    return renderField({ name, schema: described, is_required: required }, "sent", context);
  })}</ul>`;
}

interface Field {
  name: string;
  schema: Schema;
  is_required: boolean;
}

function renderField({ name, schema, is_required }: Field, direction: Direction, context: ReferenceContext): Html {
  const { description, default: standard } = schema;
  const limits = direction === "sent" ? describeLimits(schema) : null;
  const inner = findFields(schema);
  return html`<li><p class="field-head"><code>${name}</code> <span class="field-type">${renderTypes(schema, context)}</span>${renderPresence(is_required, direction)}</p>
${description === undefined ? "" : html`<p>${raw(context.renderInline(description))}</p>`}${renderValues(listValues(schema))}${
  standard === undefined ? "" : html`<p class="field-note">Default: <code>${JSON.stringify(standard)}</code></p>`
}${limits === null ? "" : html`<p class="field-note">${limits}</p>`}${
  inner === null
    ? ""
    : html`<details class="inner-fields"><summary>${icon("chevron", 16)}Fields of <code>${name}</code></summary>${renderFields(inner, direction, context)}</details>`
}</li>`;
}

/** Says what is unusual: a field that must be sent, or one that isn't in every answer. */
function renderPresence(isRequired: boolean, direction: Direction): Html {
  if (direction === "sent") return isRequired ? html` <span class="field-required">required</span>` : html``;
  return isRequired ? html`` : html` <span class="field-type">· not always there</span>`;
}

/** The types, those of components with a link. */
export function renderTypes(schema: Schema, { openapi, objects_path }: ReferenceContext): Html {
  const types = listTypes(schema);
  return html`${types.map((type, at) => {
    const name = type.replace(/^array of /, "");
    const isObject = Object.hasOwn(openapi.components.schemas, name);
    const before = `${at === 0 ? "" : " or "}${isObject ? type.slice(0, type.length - name.length) : type}`;
    return html`${before}${isObject ? html`<a href="${objects_path}#${anchorOfObject(name)}">${name}</a>` : ""}`;
  })}`;
}

/** The anchor of an object on its page. */
export function anchorOfObject(name: string): string {
  return name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();
}

function renderValues(values: readonly unknown[]): Html {
  if (values.length === 0) return html``;
  const list = html`${values.map((value) => html`<code>${String(value)}</code> `)}`;
  return values.length <= VALUES_MAX
    ? html`<p class="field-values">${list}</p>`
    : html`<details class="inner-fields"><summary>${icon("chevron", 16)}${values.length} values</summary><p class="field-values">${list}</p></details>`;
}
