/** Checks real requests and responses against the OpenAPI document, more strictly than clients need it. */
import { dereference, type Schema, validate } from "@cfworker/json-schema";
import { buildOpenApi } from "../../src/api/reference/build-openapi.ts";
import type { Method, OpenApiDocument, OpenApiResponse, Operation } from "../../src/api/reference/document.ts";
import type { JsonSchema } from "../../src/api/reference/json-schema.ts";

/** A request and its response. */
export interface Exchange {
  method: string;
  /** With its query. */
  url: string;
  /** Null where it was not read. */
  sent: string | null;
  status: number;
  type: string;
  answered: string;
}

/** Where checkouts post: each of them has its own format. */
const CHECKOUTS = /^\/v1\/(webhooks\/|postback$)/;

interface Entry {
  pattern: RegExp;
  length: number;
  /** Fewer come first: `/dead-clicks/replay` before `/dead-clicks/{id}`. */
  parameters: number;
  operations: Partial<Record<Method, Operation>>;
}

/** The document, ready to check exchanges. */
export interface Contract {
  /** Without examples. */
  document: OpenApiDocument;
  entries: readonly Entry[];
  responses: OpenApiDocument["components"]["responses"];
  check: (value: unknown, schema: JsonSchema) => string | null;
  problem: JsonSchema;
}

/** Prepares a document, by default the API's own. */
export function openContract(document: OpenApiDocument = buildOpenApi()): Contract {
  const strict: OpenApiDocument = structuredClone(document);
  removeExamples(strict);
  const { schemas, responses } = strict.components;
  Object.values(schemas).forEach(close);
  const operations = Object.values(strict.paths).flatMap((item) => Object.values(item));
  for (const operation of operations) close(operation.responses);
  const lookup = dereference(strict as object as Schema);
  const entries = Object.entries(strict.paths).map(([path, item]) => ({
    pattern: new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}$`),
    parameters: path.split("{").length,
    length: path.length,
    operations: item,
  }));
  const check = (value: unknown, schema: JsonSchema) => {
    const result = validate(value, schema as object as Schema, "2020-12", lookup, false);
    // The last errors are the innermost.
    return result.valid
      ? null
      : result.errors
          .map((e) => `${e.instanceLocation}: ${e.error}`)
          .slice(-4)
          .join("; ");
  };
  // The most specific path first: `{number}.csv` before `{number}`.
  entries.sort((a, b) => a.parameters - b.parameters || b.length - a.length);
  return { document: strict, entries, responses, check, problem: schemas.Problem ?? {} };
}

/** Refuses unknown fields of answers, which clients must ignore. */
function close(schema: object): void {
  const { type = [], properties, additionalProperties } = schema as JsonSchema;
  if ([type].flat().includes("object") && properties !== undefined && additionalProperties === undefined)
    Object.assign(schema, { additionalProperties: false });
  for (const part of partsOf(schema)) close(part);
}

/** Removes examples: the validator takes the ids in them for schemas' ids. */
function removeExamples(schema: object): void {
  Reflect.deleteProperty(schema, "example");
  Reflect.deleteProperty(schema, "examples");
  for (const part of partsOf(schema)) removeExamples(part);
}

function partsOf(schema: object): object[] {
  return Object.values(schema).filter((part) => typeof part === "object" && part !== null);
}

/** What an exchange has that the document doesn't, as a sentence; null if nothing. */
export function findDeviation(contract: Contract, exchange: Exchange): string | null {
  const { pathname, searchParams } = new URL(exchange.url);
  const path = pathname.replace(/\/enrolments(?=\/|$)/, "/enrollments");
  const isProblem = exchange.type.startsWith("application/problem+json");
  if (isProblem) {
    const fault = contract.check(JSON.parse(exchange.answered), contract.problem);
    if (fault !== null) return describe(exchange, `isn't a Problem: ${fault}`);
  }
  if (CHECKOUTS.test(path)) return null;
  const operation = findOperation(contract, exchange.method, path);
  // Also an unknown path is asked for its key, and for https, first.
  if (operation === null) return isProblem ? null : describe(exchange, "isn't documented");
  const fault =
    findAnswerFault(contract, operation, exchange) ??
    (exchange.status < 300 ? findRequestFault(contract, operation, exchange, searchParams) : null);
  return fault === null ? null : describe(exchange, fault);
}

function findOperation({ entries }: Contract, method: string, path: string): Operation | null {
  const wanted = method.toLowerCase() as Method;
  const entry = entries.find(({ pattern, operations }) => pattern.test(path) && operations[wanted] !== undefined);
  return entry?.operations[wanted] ?? null;
}

function findAnswerFault({ check, responses }: Contract, operation: Operation, exchange: Exchange): string | null {
  const found = operation.responses[exchange.status];
  if (found === undefined) return "the status isn't documented";
  const response: OpenApiResponse | undefined = "$ref" in found ? responses[found.$ref.split("/").at(-1) ?? ""] : found;
  const type = exchange.type.split(";")[0] ?? "";
  if (response?.content === undefined) return exchange.answered === "" ? null : "a body isn't documented";
  const media = response.content[type];
  if (media === undefined) return `the type ${type} isn't documented`;
  if (!type.endsWith("json") || type.endsWith("ndjson")) return null;
  return check(JSON.parse(exchange.answered), media.schema);
}

function findRequestFault(
  { check }: Contract,
  operation: Operation,
  { sent }: Exchange,
  query: URLSearchParams,
): string | null {
  for (const [name, text] of query) {
    const parameter = operation.parameters?.find((each) => each.in === "query" && each.name === name);
    if (parameter === undefined) return `the parameter ${name} isn't documented`;
    const fault = check(
      parameter.schema.type === "number" || parameter.schema.type === "integer" ? Number(text) : text,
      parameter.schema,
    );
    if (fault !== null) return `the parameter ${name} isn't as documented: ${fault}`;
  }
  const schema = operation.requestBody?.content["application/json"]?.schema;
  if (schema === undefined || sent === null) return null;
  const fault = check(JSON.parse(sent), schema);
  return fault === null ? null : `the body isn't as documented: ${fault}; ${sent.slice(0, 300)}`;
}

function describe({ method, url, status, answered }: Exchange, fault: string): string {
  const { pathname, search } = new URL(url);
  return `${method} ${pathname}${search} → ${status}: ${fault}\n  ${answered.slice(0, 300)}`;
}
