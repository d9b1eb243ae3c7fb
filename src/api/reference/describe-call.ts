/** A call as an operation of the document. */
import * as v from "valibot";
import type { Answer, Body, Call } from "../layout/reference/call.ts";
import type { OpenApiParameter, OpenApiResponse, Operation, Reference } from "./document.ts";
import { type Components, convertSchema, type JsonSchema } from "./json-schema.ts";
import { FIELD_CODES, hasFieldCodes, INVALID, listErrors } from "./list-errors.ts";
import { makeExample } from "./make-example.ts";
import { makeProblem } from "./problem.ts";
import { readPath } from "./read-path.ts";
import { describeStatus } from "./texts.ts";
import { writeSample } from "./write-sample.ts";

/** The document's components. */
export interface Context {
  input: Components;
  output: Components;
  schemas: Readonly<Record<string, JsonSchema>>;
}

/** The operation of a call. Throws where its description is incomplete. */
export function describeCall(call: Call, context: Context): Operation {
  try {
    return describe(call, context);
  } catch (error) {
    throw new Error(`${call.route}: ${error instanceof Error ? error.message : error}`);
  }
}

/** The schema of an answer, null for a file. */
export function schemaOf(answer: Answer): v.GenericSchema | null {
  if ("kind" in answer) return answer;
  return "schema" in answer ? answer.schema : null;
}

function describe(call: Call, context: Context): Operation {
  const parameters = [...describePath(call), ...describeQuery(call), ...describeHeaders(call)];
  const answers = Object.entries(call.answers).map(([status, answer]) => [
    status,
    describeAnswer(Number(status), answer, context),
  ]);
  const errors = [...listErrors(call)].map(([status, codes]) => [status, describeErrors(status, codes, call)]);
  return {
    operationId: call.id,
    tags: [call.tag],
    summary: call.summary,
    ...(call.text !== undefined && { description: call.text }),
    ...(call.auth !== undefined && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(call.body !== undefined && { requestBody: describeBody(call.body, context) }),
    responses: Object.fromEntries([...answers, ...errors]),
    "x-codeSamples": [{ lang: "Shell", label: "curl", source: writeSample(call) }],
  };
}

function describePath(call: Call): OpenApiParameter[] {
  return readPath(call).parameters.map(({ name, text, example }) => {
    return { name, in: "path", required: true, description: text, schema: { type: "string" }, example };
  });
}

function describeQuery({ query = {}, required_query = [] }: Call): OpenApiParameter[] {
  return Object.entries(query).map(([name, parameter]) => {
    const { description = "", ...schema } = convertSchema(parameter, "input", new Map());
    return { name, in: "query", required: required_query.includes(name), description, schema };
  });
}

function describeHeaders(call: Call): OpenApiParameter[] {
  if (!call.route.startsWith("POST") || call.auth !== undefined) return [];
  const required = call.needs_idempotency_key === true;
  const description = required
    ? "New for each command. To repeat the call, send the same one: nothing is done twice."
    : "Makes the call safe to repeat: for at least 24 hours, the same key gets the same answer and creates nothing again.";
  const schema = { type: "string", pattern: "^[\\x21-\\x7e]{1,200}$" };
  return [{ name: "Idempotency-Key", in: "header", required, description, schema, example: `${call.id}-1` }];
}

function describeBody(body: Body, { input }: Context): NonNullable<Operation["requestBody"]> {
  if ("schema" in body) {
    const described = v.pipe(body.schema, v.metadata({ fields: body.fields }));
    const schema = convertSchema(described, "input", input);
    return { required: true, content: { "application/json": { schema, example: body.example } } };
  }
  const schema = { type: "string", description: body.text };
  const types = body.types.map((type) => [type, { schema, example: body.example }]);
  return { required: true, content: Object.fromEntries(types) };
}

function describeAnswer(status: number, answer: Answer, { output, schemas }: Context): OpenApiResponse {
  const description = describeStatus(status);
  const schema = schemaOf(answer);
  if (schema !== null) {
    const converted = convertSchema(schema, "output", output);
    const isNamed = [...output.values()].includes(schema);
    const named: JsonSchema = isNamed ? { $ref: refOf(schema, output) } : converted;
    const example = "example" in answer ? answer.example : makeExample(named, schemas);
    return { description, content: { "application/json": { schema: named, example } } };
  }
  if (!("text" in answer)) throw new Error(`${status} has neither a schema nor a text`);
  if (!("type" in answer)) return { description: answer.text };
  return { description: answer.text, content: { [answer.type]: { schema: { type: "string" } } } };
}

/** A refusal whose code is one of a checkout's. */
function describeAnyError(status: number): OpenApiResponse {
  const media = { schema: { $ref: "#/components/schemas/Problem" }, example: makeProblem(status, "refused") };
  const description = `${describeStatus(status)} The code is one of the checkout's.`;
  return { description, content: { "application/problem+json": media } };
}

/** Where shared errors are in the document. */
const ERRORS = "#/components/responses/";

/** The errors that aren't about fields, by their names: many calls have the same. */
export function describeSharedErrors(calls: readonly Call[]): Record<string, OpenApiResponse> {
  const shared = calls.flatMap((call) =>
    [...listErrors(call)].flatMap(([status, codes]) =>
      isShared(status, codes, call) ? [[nameOf(codes), describeError(status, codes, false)] as const] : [],
    ),
  );
  return Object.fromEntries(shared.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function describeErrors(status: number, codes: readonly string[], call: Call): OpenApiResponse | Reference {
  if (isShared(status, codes, call)) return { $ref: `${ERRORS}${nameOf(codes)}` };
  return describeError(status, codes, status === INVALID && hasFieldCodes(call));
}

function isShared(status: number, codes: readonly string[], call: Call): boolean {
  return codes.length > 0 && !(status === INVALID && hasFieldCodes(call));
}

function nameOf(codes: readonly string[]): string {
  return codes.join("-or-");
}

function describeError(status: number, codes: readonly string[], with_field_codes: boolean): OpenApiResponse {
  if (codes.length === 0) return describeAnyError(status);
  const known: JsonSchema = { enum: [...codes] };
  const code = with_field_codes ? { anyOf: [known, { pattern: FIELD_CODES }] } : known;
  const schema = { $ref: "#/components/schemas/Problem", properties: { code } };
  const list = codes.map((each) => `\`${each}\``).join(", ");
  const fields = with_field_codes ? ", or `invalid_` and the name of a field" : "";
  const [first = ""] = codes;
  return {
    description: `${describeStatus(status)} The code is ${list}${fields}.`,
    content: { "application/problem+json": { schema, example: makeProblem(status, first) } },
  };
}

function refOf(schema: v.GenericSchema, components: Components): string {
  const name = [...components].find(([, component]) => component === schema)?.[0];
  return `#/components/schemas/${name}`;
}
