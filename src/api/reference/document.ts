/** The OpenAPI 3.1 document, as far as it is used here (https://spec.openapis.org/oas/v3.1.1.html). */
import type { JsonSchema } from "./json-schema.ts";

/** A body in the document. */
export interface MediaType {
  schema: JsonSchema;
  example?: unknown;
}

/** An answer in the document. */
export interface OpenApiResponse {
  description: string;
  /** Left out without a body. */
  content?: Record<string, MediaType>;
}

/** A component of the document. */
export interface Reference {
  $ref: string;
}

/** A parameter in the document. */
export interface OpenApiParameter {
  name: string;
  in: "path" | "query" | "header";
  required: boolean;
  description: string;
  schema: JsonSchema;
  example?: unknown;
}

/** A call in the document. */
export interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  security?: Record<string, string[]>[];
  parameters?: OpenApiParameter[];
  requestBody?: { required: boolean; content: Record<string, MediaType> };
  responses: Record<string, OpenApiResponse | Reference>;
  /** Commands that make the call. Many renderers show this extension. */
  "x-codeSamples": { lang: "Shell"; label: "curl"; source: string }[];
}

/** The methods of the API. */
export type Method = "get" | "post" | "put" | "patch" | "delete";

/** The calls of a path. */
export type PathItem = Partial<Record<Method, Operation>>;

/** The document. */
export interface OpenApiDocument {
  openapi: "3.1.1";
  info: {
    title: string;
    version: string;
    summary: string;
    description: string;
    license: { name: string; identifier: string };
  };
  servers: { url: string; description: string }[];
  tags: { name: string; description: string }[];
  security: Record<string, string[]>[];
  paths: Record<string, PathItem>;
  components: {
    schemas: Record<string, JsonSchema>;
    responses: Record<string, OpenApiResponse>;
    securitySchemes: Record<string, Record<string, string>>;
  };
}
