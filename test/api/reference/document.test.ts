/** The OpenAPI document is valid, complete and has examples that are as it says. */
import { Validator as DocumentValidator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { buildOpenApi } from "../../../src/api/reference/build-openapi.ts";
import type { MediaType, OpenApiDocument, OpenApiResponse, Reference } from "../../../src/api/reference/document.ts";
import type { JsonSchema } from "../../../src/api/reference/json-schema.ts";
import { openContract } from "../../support/contract.ts";

const document = buildOpenApi();
const contract = openContract(document);

/** The calls of a document, with their answers. */
function listOperations({ paths, components }: OpenApiDocument) {
  const resolve = (response: OpenApiResponse | Reference) =>
    "$ref" in response ? components.responses[response.$ref.split("/").at(-1) ?? ""] : response;
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => {
      const responses = Object.entries(operation.responses).map(([status, response]) => {
        const found = resolve(response);
        if (found === undefined) throw new Error(`${method} ${path} ${status} refers to nothing`);
        return { status, ...found };
      });
      return { name: `${method} ${path}`, operation, responses };
    }),
  );
}

const operations = listOperations(document);

/** The bodies of a call, each with its place. */
function bodiesOf({ name, operation, responses }: (typeof operations)[number]): [place: string, media: MediaType][] {
  const sent = Object.values(operation.requestBody?.content ?? {}).map((media) => [`${name} body`, media] as const);
  const answered = responses.flatMap(({ status, content }) =>
    Object.values(content ?? {}).map((media) => [`${name} ${status}`, media] as const),
  );
  return [...sent, ...answered].map(([place, media]) => [place, media]);
}

test("the document is valid OpenAPI 3.1", async () => {
  const validator = new DocumentValidator();
  expect(await validator.validate(JSON.parse(JSON.stringify(document)))).toMatchObject({ valid: true });
  expect(validator.version).toBe("3.1");
  const broken = { ...structuredClone(document), info: { title: "no version" } };
  expect(await new DocumentValidator().validate(broken)).toMatchObject({ valid: false });
});

test("every reference leads somewhere", () => {
  const text = JSON.stringify(document);
  const references = [
    ...new Set(
      [...text.matchAll(/"\$ref":"#\/components\/(\w+)\/([^"]+)"/g)].map(([, kind, name]) => `${kind}/${name}`),
    ),
  ];
  expect(references.length).toBeGreaterThan(20);
  const known = Object.entries(document.components).flatMap(([kind, all]) =>
    Object.keys(all).map((name) => `${kind}/${name}`),
  );
  expect(references.filter((reference) => !known.includes(reference))).toEqual([]);
  // Each `$ref` is of that form.
  expect(text.match(/"\$ref"/g)?.length).toBe(text.match(/"\$ref":"#\/components\//g)?.length);
});

test("operation ids are unique words", () => {
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => !/^[a-z]+([A-Z][a-z]+)+$/.test(id))).toEqual([]);
});

test("every example is as its schema says", () => {
  const schemas = new Map(listOperations(contract.document).flatMap(bodiesOf));
  const faults = operations.flatMap(bodiesOf).flatMap(([place, { example }]) => {
    const fault = example === undefined ? null : contract.check(example, schemas.get(place)?.schema ?? {});
    return fault === null ? [] : [`${place}: ${fault}`];
  });
  expect(faults).toEqual([]);
});

test("every JSON body has an example", () => {
  const without = operations.flatMap((each) =>
    bodiesOf(each).flatMap(([place, { schema, example }]) =>
      schema.type !== "string" && example === undefined ? [place] : [],
    ),
  );
  expect(without).toEqual([]);
});

/** The paths of fields without a description, below a schema. */
function listUndescribed(schema: JsonSchema, path: string): string[] {
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const isNamed = field.$ref !== undefined || field.anyOf?.some(({ $ref }) => $ref !== undefined);
    const isObject = field.properties !== undefined || field.anyOf?.some(({ properties }) => properties !== undefined);
    const own = field.description === undefined && !isNamed && !isObject ? [`${path}.${name}`] : [];
    return [...own, ...listUndescribed(field, `${path}.${name}`)];
  });
  const parts = [schema.items, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  return [...fields, ...parts.flatMap((part) => (part === undefined ? [] : listUndescribed(part, path)))];
}

test("every field, parameter and call is described", () => {
  const bodies = operations.flatMap(bodiesOf).flatMap(([place, { schema }]) =>
    // Errors narrow the fields of a component.
    schema.$ref === undefined ? listUndescribed(schema, place) : [],
  );
  const named = Object.entries(document.components.schemas).flatMap(([name, schema]) => listUndescribed(schema, name));
  expect([...bodies, ...named]).toEqual([]);
  const parameters = operations.flatMap(({ name, operation }) =>
    (operation.parameters ?? []).filter(({ description }) => description === "").map((each) => `${name} ${each.name}`),
  );
  expect(parameters).toEqual([]);
});

test("texts are sentences", () => {
  const texts = operations.flatMap(({ operation, responses }) => [
    operation.description ?? "None.",
    ...(operation.parameters ?? []).map(({ description }) => description),
    ...responses.map(({ description }) => description),
  ]);
  expect(texts.filter((text) => !/^[A-Z0-9`][\s\S]*[.…]$/.test(text))).toEqual([]);
  const summaries = operations.map(({ operation }) => operation.summary);
  expect(summaries.filter((summary) => !/^[A-Z][^.]*$/.test(summary))).toEqual([]);
});

test("calls with a key say so, and those without are the known ones", () => {
  expect(document.security).toEqual([{ key: [] }]);
  const open = operations.filter(({ operation }) => operation.security?.length === 0).map(({ name }) => name);
  expect(open.sort()).toEqual([
    "get /healthz",
    "get /v1/openapi.json",
    "get /v1/postback",
    "post /api/{version}/track/{call}",
    "post /v1/webhooks/{endpoint}",
  ]);
});
