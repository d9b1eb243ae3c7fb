/** Reads the route of a call: the router's pattern becomes a path of OpenAPI. */
import type { Call, PathParameter } from "../layout/reference/call.ts";
import { PATH_PARAMETERS } from "../layout/reference/parameters.ts";

/** A path parameter with its name. */
export interface NamedParameter extends PathParameter {
  name: string;
}

/** A route in OpenAPI's terms. */
export interface CallPath {
  method: "get" | "post" | "put" | "patch" | "delete";
  /** `/v1/programs/{program}`. */
  path: string;
  parameters: readonly NamedParameter[];
}

const METHODS = { GET: "get", POST: "post", PUT: "put", PATCH: "patch", DELETE: "delete" } as const;

/** The OpenAPI path of a call. Throws for a parameter that isn't described. */
export function readPath({ route, documented_path, path: own = {} }: Call): CallPath {
  const [method, pattern = ""] = route.split(" ") as [keyof typeof METHODS, string];
  const relative = documented_path ?? pattern.replaceAll(/:(\w+)\??(?:\{[^}]*\})?/g, "{$1}");
  const path = relative.startsWith("//") ? relative.slice(1) : `/v1${relative}`;
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => {
    const known = own[name] ?? PATH_PARAMETERS[name];
    if (known === undefined) throw new Error(`${route}: {${name}} is not described`);
    return { name, ...known };
  });
  return { method: METHODS[method], path, parameters };
}
