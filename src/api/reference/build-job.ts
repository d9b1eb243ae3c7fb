/** Writes the OpenAPI document to `.build`, from where the Worker serves it. Run by Node: `node src/api/reference/build-job.ts`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { buildOpenApi } from "./build-openapi.ts";

const FOLDER = resolve(import.meta.dirname, "../../../.build");

mkdirSync(FOLDER, { recursive: true });
writeFileSync(`${FOLDER}/openapi.json`, JSON.stringify(buildOpenApi()));
