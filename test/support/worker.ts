/**
 * The production Worker, except that it drops queue messages of earlier test files, which share the process, and records
 * the used objects, so that `setup.ts` can empty them.
 */
import type { Env } from "../../src/env.ts";
import { Account as ShippedAccount, Customer as ShippedCustomer } from "../../src/index.ts";
import { createWorker, SYSTEM } from "../../src/worker.ts";

export class Customer extends ShippedCustomer {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    globalThis.usedObjects.CUSTOMERS.add(state.id.toString());
  }
}

export class Account extends ShippedAccount {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    globalThis.usedObjects.ACCOUNTS.add(state.id.toString());
  }
}

let worker = createWorker(SYSTEM);
let createdAt = 0;

/** The running test file's own Worker, so that no memory is shared with earlier files. */
function currentWorker(): ReturnType<typeof createWorker> {
  if (createdAt !== globalThis.testFileStartedAt) {
    createdAt = globalThis.testFileStartedAt;
    worker = createWorker(SYSTEM);
  }
  return worker;
}

export default {
  fetch: (request, env, ctx) => currentWorker().fetch?.(request, env, ctx) ?? new Response(null, { status: 500 }),
  scheduled: (event, env, ctx) => currentWorker().scheduled?.(event, env, ctx),
  async queue(batch, env, ctx) {
    const isStale = ({ timestamp }: Message) => timestamp.getTime() < globalThis.testFileStartedAt;
    for (const message of batch.messages) if (isStale(message)) message.ack();
    const messages = batch.messages.filter((message) => !isStale(message));
    if (messages.length === 0) return;
    const { queue, metadata } = batch;
    const rest = { queue, metadata, messages, ackAll: () => batch.ackAll(), retryAll: () => batch.retryAll() };
    await currentWorker().queue?.(rest, env, ctx);
  },
} satisfies ExportedHandler<Env, unknown>;
