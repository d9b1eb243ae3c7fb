/** Restores a recorded storage, before the Worker under test starts on it. */
import { DurableObject } from "cloudflare:workers";
import { runBatch } from "./databases.js";

/** Long enough for this process to end first. */
const ALARM_AFTER_MS = 2_000;

class Restored extends DurableObject {
  async restore(statements, has_alarm) {
    this.ctx.storage.transactionSync(() => {
      for (const statement of statements) this.ctx.storage.sql.exec(statement);
    });
    if (has_alarm) await this.alarm();
    await this.ctx.storage.sync();
  }

  /** The alarm is for the Worker under test. */
  async alarm() {
    await this.ctx.storage.setAlarm(Date.now() + ALARM_AFTER_MS);
  }
}

export class Customer extends Restored {}
export class Account extends Restored {}

const commands = {
  query: ({ binding, statements }, env) => runBatch(env[binding], statements),
  async objects(objects, env) {
    await Promise.all(
      objects.map(({ binding, name, statements, has_alarm }) =>
        env[binding].getByName(name).restore(statements, has_alarm),
      ),
    );
  },
  async archive(objects, env) {
    for (const { key, body, http_metadata: httpMetadata, custom_metadata: customMetadata } of objects) {
      await env.ARCHIVE.put(key, Uint8Array.fromBase64(body), { httpMetadata, customMetadata });
    }
  },
};

export default {
  async fetch(request, env) {
    const command = new URL(request.url).pathname.slice(1);
    return Response.json((await commands[command](await request.json(), env)) ?? null);
  },
};
