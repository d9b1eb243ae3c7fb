/** The running test file's own Worker, so that nothing is in memory from earlier files, which share the process. */
import type { Env } from "../../src/env.ts";
import { createWorker, SYSTEM } from "../../src/worker.ts";
import { watchExchange } from "./watch-exchanges.ts";

let worker = createWorker(SYSTEM);
let createdAt = 0;

function currentWorker(): ReturnType<typeof createWorker> {
  if (createdAt !== globalThis.testFileStartedAt) {
    createdAt = globalThis.testFileStartedAt;
    worker = createWorker(SYSTEM);
  }
  return worker;
}

export default {
  fetch: (request, env, ctx) =>
    watchExchange(
      request,
      (watched) => currentWorker().fetch?.(watched as typeof request, env, ctx) ?? new Response(null, { status: 500 }),
    ),
  scheduled: (event, env, ctx) => currentWorker().scheduled?.(event, env, ctx),
  queue: (batch, env, ctx) => currentWorker().queue?.(batch, env, ctx),
} satisfies ExportedHandler<Env, unknown>;
