/** Composes the example of a schema from the examples of its fields. */
import { COMPONENTS, type JsonSchema } from "./json-schema.ts";

/** The example of a schema. Throws where neither the schema nor its parts have one. */
export function makeExample(schema: JsonSchema, components: Readonly<Record<string, JsonSchema>>, path = ""): unknown {
  if (schema.examples !== undefined) return schema.examples[0];
  if (schema.$ref !== undefined) {
    const component = components[schema.$ref.slice(COMPONENTS.length)];
    if (component === undefined) throw new Error(`${path}: ${schema.$ref} doesn't exist`);
    return makeExample(component, components, path);
  }
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const [alternative] = schema.anyOf ?? schema.oneOf ?? [];
  if (alternative !== undefined) return makeExample(alternative, components, path);
  if (schema.items !== undefined) return [makeExample(schema.items, components, `${path}[]`)];
  if (schema.properties !== undefined) {
    const fields = Object.entries(schema.properties);
    return Object.fromEntries(fields.map(([name, part]) => [name, makeExample(part, components, `${path}.${name}`)]));
  }
  if (schema.type === "null") return null;
  throw new Error(`${path} has no example`);
}
