/** The pages of the API reference: all calls, a page for each tag, and all objects. */
import { neighbors } from "../doc-page.ts";
import { renderCode } from "../highlight-code.ts";
import { type Html, html, raw } from "../html.ts";
import type { Page } from "../layout.ts";
import type { NavGroup, NavPage } from "../navigation.ts";
import { renderFragment, renderInline, type Targets } from "../render-markdown.ts";
import type { SearchEntry } from "../search-index.ts";
import { renderCall, renderRoute } from "./call.ts";
import { anchorOfObject, type Direction, type ReferenceContext, renderFields } from "./fields.ts";
import { formatJson } from "./format-json.ts";
import { type Call, listCalls, type OpenApi, type Schema } from "./openapi.ts";

/** The URL of the API's description. */
export const OPENAPI_PATH = "/v1/openapi.json";

const API_PATH = "/docs/api";
const CALLS_PATH = "/docs/api/calls";
const OBJECTS_PATH = "/docs/api/objects";

/** The URL's path of a tag's page. */
function pathOfTag(name: string): string {
  return `/docs/api/${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`;
}

/** The pages of the reference for the sidebar. */
export function listReferencePages({ tags }: OpenApi): NavPage[] {
  const leaf = (path: string, label: string): NavPage => ({ path, label, children: [] });
  return [
    leaf(CALLS_PATH, "All calls"),
    ...tags.map(({ name }) => leaf(pathOfTag(name), name)),
    leaf(OBJECTS_PATH, "Objects"),
  ];
}

/** The pages of the reference. */
export function makeReferencePages(openapi: OpenApi, groups: readonly NavGroup[], targets: Targets): Page[] {
  const context: ReferenceContext = {
    openapi,
    renderInline: (text) => renderInline(text, targets),
    objects_path: OBJECTS_PATH,
  };
  const renderMarkdown = (text: string) => renderFragment(text, targets);
  const pageOf = (path: string, title: string, description: string, content: Html): Page => ({
    path,
    title,
    description,
    kind: "reference",
    content: html`<article><div class="prose"><p class="kicker"><a href="${API_PATH}">API reference</a></p><h1>${title}</h1>
<p class="lead">${raw(context.renderInline(description))}</p></div>
${content}</article>${neighbors(path, groups)}`,
    aside: null,
    markdown: null,
  });
  const { title, summary = title, description = "" } = openapi.info;
  const tagPages = openapi.tags.map((tag) => {
    const calls = listCalls(openapi, tag.name);
    const content = html`${renderIndex(calls, "")}
<p class="call-note">The examples use the data of <code>npm run dev</code>, in a shell that is <a href="${CALLS_PATH}">set up for them</a>.</p>
${calls.map((call) => renderCall(call, renderMarkdown, context))}`;
    return pageOf(pathOfTag(tag.name), tag.name, tag.description, content);
  });
  return [
    pageOf(
      CALLS_PATH,
      "All calls",
      summary,
      html`<div class="prose">${raw(renderMarkdown(description))}
<p>The same as <a href="${OPENAPI_PATH}">OpenAPI 3.1</a>, for tools and generated clients.</p></div>
${openapi.tags.map(
  ({ name }) =>
    html`<div class="prose"><h2><a href="${pathOfTag(name)}">${name}</a></h2></div>${renderIndex(listCalls(openapi, name), pathOfTag(name))}`,
)}`,
    ),
    ...tagPages,
    pageOf(OBJECTS_PATH, "Objects", "What several calls take or answer.", renderObjects(openapi, context)),
  ];
}

/** The entries of the search. */
export function listReferenceEntries(openapi: OpenApi): SearchEntry[] {
  const calls = openapi.tags.flatMap(({ name }) =>
    listCalls(openapi, name).map((call) => ({
      id: `${pathOfTag(name)}#${call.operationId}`,
      page: `API: ${name}`,
      heading: call.summary,
      text: `${call.method} ${call.path} ${call.description ?? ""}`.trim(),
    })),
  );
  const objects = Object.entries(openapi.components.schemas).map(([name, { properties = {} }]) => ({
    id: `${OBJECTS_PATH}#${anchorOfObject(name)}`,
    page: "API: Objects",
    heading: name,
    text: Object.keys(properties).join(" "),
  }));
  return [...calls, ...objects];
}

/** A list of calls with links to them. */
function renderIndex(calls: readonly Call[], path: string): Html {
  return html`<ul class="calls">${calls.map(
    (call) => html`<li><a href="${path}#${call.operationId}">${renderRoute(call)}<span>${call.summary}</span></a></li>`,
  )}</ul>`;
}

function renderObjects({ components }: OpenApi, context: ReferenceContext): Html {
  return html`${Object.entries(components.schemas).map(([name, schema]) => {
    const id = anchorOfObject(name);
    return html`<section class="call" aria-labelledby="${id}"><div class="call-text"><h2 id="${id}"><a class="anchor" href="#${id}">${name}</a></h2>
${schema.description === undefined ? "" : html`<p>${raw(context.renderInline(schema.description))}</p>`}${renderFields(schema, directionOf(schema), context)}</div>
<div class="call-code">${raw(renderCode(formatJson(exampleOf(schema, components.schemas)), "json", name))}</div></section>`;
  })}`;
}

/** Only what is sent refuses unknown fields: answers may get new ones. */
function directionOf({ additionalProperties }: Schema): Direction {
  return additionalProperties === false ? "sent" : "answered";
}

/** An example made of those of the fields. Null where there is none, and for an object in itself. */
export function exampleOf(
  schema: Schema & { examples?: readonly unknown[] },
  schemas: OpenApi["components"]["schemas"],
  above: readonly string[] = [],
): unknown {
  const { $ref, examples, properties, items, anyOf = [], default: standard, enum: values } = schema;
  if (examples !== undefined) return examples[0];
  if ($ref !== undefined) {
    const named = schemas[$ref.slice($ref.lastIndexOf("/") + 1)];
    return named === undefined || above.includes($ref) ? null : exampleOf(named, schemas, [...above, $ref]);
  }
  if (properties !== undefined) {
    const fields = Object.entries(properties).map(([name, field]) => [name, exampleOf(field, schemas, above)]);
    return Object.fromEntries(fields);
  }
  if (items !== undefined) return [exampleOf(items, schemas, above)];
  return standard ?? values?.[0] ?? (anyOf[0] === undefined ? null : exampleOf(anyOf[0], schemas, above));
}
