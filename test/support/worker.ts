/** The Worker that ships, except that it drops queue messages of earlier test files, which share the process. */
import type { Env } from "../../src/env.ts";
import worker from "../../src/index.ts";

export { Account, Customer } from "../../src/index.ts";

export default {
  ...worker,
  async queue(batch, env, ctx) {
    const isStale = ({ timestamp }: Message) => timestamp.getTime() < globalThis.testFileStartedAt;
    for (const message of batch.messages) if (isStale(message)) message.ack();
    const messages = batch.messages.filter((message) => !isStale(message));
    if (messages.length === 0) return;
    const { queue, metadata } = batch;
    const rest = { queue, metadata, messages, ackAll: () => batch.ackAll(), retryAll: () => batch.retryAll() };
    await worker.queue?.(rest, env, ctx);
  },
} satisfies ExportedHandler<Env, unknown>;
