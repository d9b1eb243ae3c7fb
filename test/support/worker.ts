/**
 * The production Worker, except that it drops queue messages of earlier test files, which share the process, and records
 * the used objects, so that `setup.ts` can empty them.
 */
import type { Env } from "../../src/env.ts";
import { Account as ShippedAccount, Customer as ShippedCustomer } from "../../src/index.ts";
import worker from "./current-worker.ts";

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

export default {
  ...worker,
  async queue(batch, env, ctx) {
    const isStale = ({ timestamp }: Message) => timestamp.getTime() < globalThis.testFileStartedAt;
    for (const message of batch.messages) if (isStale(message)) message.ack();
    const messages = batch.messages.filter((message) => !isStale(message));
    if (messages.length === 0) return;
    const { queue, metadata } = batch;
    const rest = { queue, metadata, messages, ackAll: () => batch.ackAll(), retryAll: () => batch.retryAll() };
    await worker.queue(rest, env, ctx);
  },
} satisfies ExportedHandler<Env, unknown>;
