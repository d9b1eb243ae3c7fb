/** Each test file begins with an empty database, empty objects and modules of its own; only the process is shared. */
import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";

await reset();
await env.DB.batch(env.TEST_MIGRATIONS.flatMap(({ queries }) => queries.map((query) => env.DB.prepare(query))));
vi.resetModules();
globalThis.testFileStartedAt = Date.now();
