/** Builds the OpenAPI 3.1 document from the descriptions of the calls and the schemas that validate them. */
import type * as v from "valibot";
import { TAGS } from "../layout/reference/call.ts";
import { calls } from "./calls.ts";
import { describeCall, describeSharedErrors, schemaOf } from "./describe-call.ts";
import type { OpenApiDocument } from "./document.ts";
import { type Components, convertSchema, findNamed } from "./json-schema.ts";
import { problem } from "./problem.ts";
import { readPath } from "./read-path.ts";
import { describeDocument } from "./texts.ts";

/** The document that `GET /v1/openapi.json` answers with. Throws where a description is incomplete. */
export function buildOpenApi(): OpenApiDocument {
  const { input, output } = findAllNamed();
  const converted = [...convertAll(input, "input"), ...convertAll(output, "output")];
  const schemas = Object.fromEntries(converted.sort(([a], [b]) => (a < b ? -1 : 1)));
  const paths: OpenApiDocument["paths"] = {};
  for (const call of calls) {
    const { method, path } = readPath(call);
    paths[path] = { ...paths[path], [method]: describeCall(call, { input, output, schemas }) };
  }
  return {
    openapi: "3.1.1",
    ...describeDocument(),
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    security: [{ key: [] }],
    paths,
    components: {
      schemas,
      responses: describeSharedErrors(calls),
      securitySchemes: {
        key: { type: "http", scheme: "bearer", description: "An API key. `ADMIN_TOKEN` is the first one." },
      },
    },
  };
}

/** Schemas with a name: those of requests, and those of answers. */
function findAllNamed(): { input: Components; output: Components } {
  const input = new Map<string, v.GenericSchema>();
  const output = new Map<string, v.GenericSchema>([["Problem", problem]]);
  for (const { body, answers } of calls) {
    if (body !== undefined && "schema" in body) findNamed(body.schema, input);
    for (const answer of Object.values(answers)) findNamed(schemaOf(answer) ?? {}, output);
  }
  for (const name of input.keys())
    if (output.has(name)) throw new Error(`both a request and an answer are named ${name}`);
  return { input, output };
}

function convertAll(components: Components, direction: "input" | "output") {
  return [...components].map(([name, schema]) => [name, convertSchema(schema, direction, components)] as const);
}
