/** Each test file starts with an empty database, empty objects and a new Worker, in a shared process with shared modules. */
import { reset, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect } from "vitest";

// Storage that the runtime evicted from memory would survive the reset, so all storage is used once first.
await Promise.all([
  env.DB.prepare("SELECT 1").run(),
  env.ARCHIVE?.head("none"),
  caches.default.match("https://none.example/"),
  ...[env.WEBHOOK_LIMIT, env.REFUSAL_LIMIT, env.SIGN_IN_LIMIT].map((limit) => limit?.limit({ key: "none" })),
]);
const used = globalThis.usedObjects;
globalThis.usedObjects = { CUSTOMERS: new Set(), ACCOUNTS: new Set() };
if (used !== undefined) {
  await wakeAll(env.CUSTOMERS, used.CUSTOMERS);
  await wakeAll(env.ACCOUNTS, used.ACCOUNTS);
}
await reset();

await env.DB.batch(env.TEST_MIGRATIONS.flatMap(({ queries }) => queries.map((query) => env.DB.prepare(query))));
globalThis.testFileStartedAt = Date.now();

globalThis.deviations = [];
afterEach(() => {
  const found = globalThis.deviations.splice(0);
  expect(found, "calls that the OpenAPI document doesn't describe").toEqual([]);
});

/** Loads objects into memory, many at a time. */
async function wakeAll<T extends Rpc.DurableObjectBranded>(objects: DurableObjectNamespace<T>, ids: Set<string>) {
  const waiting = [...ids];
  while (waiting.length > 0) {
    const stubs = waiting.splice(0, 50).map((id) => objects.get(objects.idFromString(id)));
    await Promise.all(stubs.map((stub) => runInDurableObject(stub, () => {})));
  }
}
