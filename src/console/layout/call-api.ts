/** The console's calls to the API, in the same process: a page shows and changes what the API lets its user see and change. */
import { callAs } from "../../api/layout/internal-caller.ts";
import { type FieldFault, Problem } from "../../lib/problem.ts";
import { buildHref, type QueryParams } from "../../portal/layout/href.ts";
import type { ConsoleContext } from "./page.tsx";

/** Headers of the page's request that aren't the call's. */
const OWN_HEADERS = ["cookie", "authorization", "content-type", "content-length", "idempotency-key"];

/** What a call changed, or why it was refused. */
export type Outcome<Body> = { ok: true; body: Body } | { ok: false; problem: Problem };

/** What `GET /v1<path>` answers. Throws the {@link Problem} of a refused call, which the console shows as a page. */
export async function readApi<Body>(c: ConsoleContext, path: string, params: QueryParams = {}): Promise<Body> {
  const response = await callApi(c, "GET", buildHref(path, params));
  if (!response.ok) throw await readProblem(response);
  return response.json();
}

/** The response to `GET /v1<path>` as it is, such as a file. Throws the {@link Problem} of a refused call. */
export async function openApiFile(c: ConsoleContext, path: string, params: QueryParams = {}): Promise<Response> {
  const response = await callApi(c, "GET", buildHref(path, params));
  if (!response.ok) throw await readProblem(response);
  return response;
}

/** A change to make through the API. */
export interface ApiChange {
  method: "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below `/v1`. */
  path: string;
  body?: unknown;
  /** An uploaded file that is sent as it is, instead of `body`. */
  file?: Uint8Array<ArrayBuffer>;
  /** From the form's hidden field, so that a form that is submitted twice makes one change. */
  idempotency_key?: string | undefined;
}

/** Makes a change. A refusal for what was entered (4xx) is returned, so that the form can show it; any other is thrown. */
export async function changeApi<Body>(c: ConsoleContext, change: ApiChange): Promise<Outcome<Body>> {
  const response = await callApi(c, change.method, change.path, change);
  if (response.ok) {
    const text = await response.text();
    return { ok: true, body: (text === "" ? null : JSON.parse(text)) as Body };
  }
  const problem = await readProblem(response);
  if (problem.status >= 500 || problem.status === 403) throw problem;
  return { ok: false, problem };
}

async function callApi(
  c: ConsoleContext,
  method: string,
  path: string,
  { body, file, idempotency_key }: Partial<ApiChange> = {},
): Promise<Response> {
  const { session } = c.var;
  if (session === null) throw new Error("a page called the API without a session");
  const headers = new Headers(c.req.raw.headers);
  for (const name of OWN_HEADERS) headers.delete(name);
  if (body !== undefined) headers.set("Content-Type", "application/json");
  if (file !== undefined) headers.set("Content-Type", "application/octet-stream");
  if (idempotency_key !== undefined) headers.set("Idempotency-Key", idempotency_key);
  const url = new URL(`/v1${path}`, c.req.url);
  const content = file ?? (body === undefined ? undefined : JSON.stringify(body));
  const init = { method, headers, ...(content !== undefined && { body: content }) };
  const env = method === "GET" ? c.var.reading_env : c.env;
  return c.var.api.fetch(callAs(new Request(url, init), session.actor), env, c.executionCtx);
}

async function readProblem(response: Response): Promise<Problem> {
  const { status } = response;
  const {
    code,
    detail,
    field = null,
    errors = [],
  } = (await response.json()) as {
    code: string;
    detail: string;
    field?: string | null;
    errors?: FieldFault[];
  };
  return new Problem(status, code, detail, field, errors);
}
