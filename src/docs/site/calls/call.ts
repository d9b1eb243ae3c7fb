/** A call as HTML: what it takes beside the command that makes it, and what it answers beside an example. */
import { escapeHtml, renderCode } from "../highlight-code.ts";
import { type Html, html, raw } from "../html.ts";
import { icon } from "../icons.ts";
import { findFields } from "./describe-schema.ts";
import { type ReferenceContext, renderFields, renderParameters, renderTypes } from "./fields.ts";
import { formatJson } from "./format-json.ts";
import { type Call, type Media, readAnswer } from "./openapi.ts";

const PARAMETER_TITLES: readonly (readonly [place: string, title: string])[] = [
  ["path", "Path"],
  ["query", "Query"],
  ["header", "Headers"],
];

const JSON_TYPE = /^application\/(?:.+\+)?json$/;

/** A call of the reference. */
export function renderCall(call: Call, renderMarkdown: (text: string) => string, context: ReferenceContext): Html {
  const { operationId, summary, description, parameters = [], requestBody } = call;
  return html`<section class="call" aria-labelledby="${operationId}">
<div class="call-text"><h2 id="${operationId}"><a class="anchor" href="#${operationId}">${summary}</a></h2>
${renderRoute(call)}
${description === undefined ? "" : raw(renderMarkdown(description))}
${PARAMETER_TITLES.map(([place, title]) => {
  const found = parameters.filter((parameter) => parameter.in === place);
  return found.length === 0 ? "" : html`<h3>${title}</h3>${renderParameters(found, context)}`;
})}
${requestBody === undefined ? "" : html`<h3>Body</h3>${renderBody(requestBody.content, context)}`}
${renderAnswers(call, context)}</div>
<div class="call-code">${renderExamples(call, context)}</div>
</section>`;
}

/** The method and path. */
export function renderRoute({ method, path }: Call): Html {
  return html`<p class="route"><span class="method method-${method.toLowerCase()}">${method}</span> <code>${raw(breakable(path))}</code></p>`;
}

/** A long path breaks before a slash. */
function breakable(path: string): string {
  return escapeHtml(path).replaceAll(/(?<=.)\//g, "<wbr>/");
}

function renderBody(content: Readonly<Record<string, Media>>, context: ReferenceContext): Html {
  return html`${Object.entries(content).map(([type, { schema = {} }]) => {
    const fields = findFields(schema);
    const shown =
      fields === null
        ? html`<p>${renderTypes(schema, context)}. ${schema.description ?? ""}</p>`
        : renderFields(fields, "sent", context);
    return html`${JSON_TYPE.test(type) ? "" : html`<p class="field-note"><code>${type}</code></p>`}${shown}`;
  })}`;
}

/** Answers that are no errors first, with their fields; then the errors, folded up. */
function renderAnswers({ responses }: Call, context: ReferenceContext): Html {
  const answers = Object.entries(responses).map(
    ([status, answer]) => [status, readAnswer(answer, context.openapi)] as const,
  );
  const errors = answers.filter(([status]) => isError(status));
  return html`<h3>Answer</h3>${answers
    .filter(([status]) => !isError(status))
    .map(([status, { description, content = {} }]) => {
      const media = Object.values(content)[0];
      return html`<p class="answer"><span class="status">${status}</span> ${raw(context.renderInline(description))} ${
        media?.schema?.$ref === undefined ? "" : html`Returns ${renderTypes(media.schema, context)}.`
      }</p>${renderAnswerFields(media, context)}`;
    })}
${
  errors.length === 0
    ? ""
    : html`<details class="inner-fields errors"><summary>${icon("chevron", 16)}Errors</summary><ul class="fields">${errors.map(
        ([status, { description }]) =>
          html`<li><p><span class="status status-error">${status}</span> ${raw(context.renderInline(description))}</p></li>`,
      )}</ul></details>`
}`;
}

function renderAnswerFields(media: Media | undefined, context: ReferenceContext): Html {
  const fields = media?.schema === undefined || media.schema.$ref !== undefined ? null : findFields(media.schema);
  if (fields === null) return html``;
  return html`<details class="inner-fields"><summary>${icon("chevron", 16)}Fields of the answer</summary>${renderFields(fields, "answered", context)}</details>`;
}

function isError(status: string): boolean {
  return Number(status) >= 400;
}

function renderExamples(call: Call, { openapi }: ReferenceContext): Html {
  const samples = call["x-codeSamples"] ?? [];
  const answers = Object.entries(call.responses).flatMap(([status, answer]) => {
    if (isError(status)) return [];
    const [type = "", media] = Object.entries(readAnswer(answer, openapi).content ?? {})[0] ?? [];
    return media?.example === undefined
      ? []
      : [renderCode(formatExample(type, media.example), "json", `Answer ${status}`)];
  });
  return html`${samples.map(({ label, source }) => raw(renderCode(source, "sh", label)))}${answers.map((code) => raw(code))}`;
}

function formatExample(type: string, example: unknown): string {
  return JSON_TYPE.test(type) || typeof example !== "string" ? formatJson(example) : example;
}
