/** Each test file begins with an empty database, empty objects and modules of its own; only the process is shared. */
import { listDurableObjectIds, reset, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";

// What the runtime has evicted from memory would outlive the reset, so all storage is used once first.
await Promise.all([
  env.DB.prepare("SELECT 1").run(),
  env.ARCHIVE?.head("none"),
  caches.default.match("https://none.example/"),
  ...[env.WEBHOOK_LIMIT, env.REFUSAL_LIMIT, env.SIGN_IN_LIMIT].map((limit) => limit?.limit({ key: "none" })),
]);
await reset();
// There can be many objects, of which few have been evicted: those that are still listed.
const evicted = (await wakeAll(env.CUSTOMERS)) + (await wakeAll(env.ACCOUNTS));
if (evicted > 0) await reset();

await env.DB.batch(env.TEST_MIGRATIONS.flatMap(({ queries }) => queries.map((query) => env.DB.prepare(query))));
vi.resetModules();
globalThis.testFileStartedAt = Date.now();

async function wakeAll<T extends Rpc.DurableObjectBranded>(objects: DurableObjectNamespace<T>): Promise<number> {
  const ids = await listDurableObjectIds(objects);
  for (const id of ids) await runInDurableObject(objects.get(id), () => {});
  return ids.length;
}
