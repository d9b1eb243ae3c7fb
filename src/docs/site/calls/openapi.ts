/** The parts of an OpenAPI 3.1 document that the reference shows (https://spec.openapis.org/oas/v3.1.1.html). */

/** JSON Schema 2020-12. A schema with `$ref` may have a description of its own. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  anyOf?: readonly Schema[];
  oneOf?: readonly Schema[];
  enum?: readonly unknown[];
  const?: unknown;
  format?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
}

/** A body of one media type. */
export interface Media {
  schema?: Schema;
  example?: unknown;
}

/** An answer. */
export interface Answer {
  description: string;
  content?: Readonly<Record<string, Media>>;
}

/** A part of the path, the query or the headers. */
export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
}

/** A call. */
export interface Operation {
  operationId: string;
  tags: readonly string[];
  summary: string;
  /** Markdown. */
  description?: string;
  parameters?: readonly Parameter[];
  requestBody?: { content: Readonly<Record<string, Media>> };
  responses: Readonly<Record<string, Answer | { $ref: string }>>;
  "x-codeSamples"?: readonly { label: string; source: string }[];
}

/** The document. */
export interface OpenApi {
  info: { title: string; summary?: string; description?: string };
  tags: readonly { name: string; description: string }[];
  paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  components: {
    schemas: Readonly<Record<string, Schema>>;
    responses?: Readonly<Record<string, Answer>>;
  };
}

/** A call with its place. */
export interface Call extends Operation {
  /** In upper case. */
  method: string;
  path: string;
}

/** The calls of a tag, in the order of the document. */
export function listCalls({ paths }: OpenApi, tag: string): Call[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([, operation]) => operation.tags[0] === tag)
      .map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
  );
}

/** An answer, looked up if it is a component. */
export function readAnswer(answer: Answer | { $ref: string }, { components }: OpenApi): Answer {
  if (!("$ref" in answer)) return answer;
  const found = components.responses?.[nameOfRef(answer.$ref)];
  if (found === undefined) throw new Error(`the API's description has no ${answer.$ref}`);
  return found;
}

/** The name of a component: the end of its `$ref`. */
export function nameOfRef(ref: string): string {
  return ref.slice(ref.lastIndexOf("/") + 1);
}
