/**
 * The Worker of commit 2ef8d9c in its surroundings, with three additions for the recording: faults that leave work
 * unfinished, its D1 statements, and the tables of its Durable Objects. It relies on names of that commit.
 */
import "./clock.js";
import * as worker from "./index.js";
import { handlersOf, watch } from "./surroundings.js";

/** Names of faults: `relay <object>`, `record <object>`, `hand over`, `draft <object>`, `store clicks`. */
const faults = new Set();

/** The first parameters of each prepared statement. */
const statements = new Map();

function fail(fault) {
  if (faults.has(fault)) throw new Error(`fault: ${fault}`);
}

/** Statements by the wrappers that replace them. */
const originals = new WeakMap();

function recordStatement(statement, sql) {
  const recorded = new Proxy(statement, {
    get(target, name) {
      if (name === "bind") {
        return (...values) => {
          keepStatement(sql, values);
          return recordStatement(target.bind(...values), sql);
        };
      }
      const member = target[name];
      if (typeof member !== "function") return member;
      return (...values) => {
        keepStatement(sql, []);
        if (/INTO clicks/.test(sql)) fail("store clicks");
        return member.apply(target, values);
      };
    },
  });
  originals.set(recorded, { statement, sql });
  return recorded;
}

function keepStatement(sql, values) {
  if (statements.has(sql)) return;
  const toJson = (value) =>
    value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? { hex: new Uint8Array(value).toHex() } : value;
  statements.set(sql, values.map(toJson));
}

function recordDatabase(db) {
  return new Proxy(db, {
    get(target, name) {
      if (name === "prepare") return (sql) => recordStatement(target.prepare(sql), sql);
      if (name === "batch") {
        return (batch) => {
          const all = batch.map((one) => originals.get(one));
          for (const { sql } of all) {
            keepStatement(sql, []);
            if (/INTO clicks/.test(sql)) fail("store clicks");
          }
          return target.batch(all.map(({ statement }) => statement));
        };
      }
      const member = target[name];
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

const change = (env) => ({ ...env, DB: recordDatabase(env.DB) });

function recorded(Base, binding) {
  return class extends watch(Base, binding, change) {
    /** An object whose relay is held keeps its messages, as if the process had died before the alarm. */
    async alarm(...values) {
      if (!faults.has(`relay ${this.ctx.id.name}`)) await super.alarm(...values);
    }

    async relay() {
      fail(`relay ${this.ctx.id.name}`);
      return super.relay();
    }

    /** The rows of all tables, and their definitions. */
    async dump() {
      const query = (sql) => this.ctx.storage.sql.exec(sql).toArray();
      const schema = query("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, name");
      const own = schema.filter(({ name }) => !/^(_cf_|sqlite_)/.test(name));
      const tables = own
        .filter(({ type }) => type === "table")
        .map(({ name }) => [name, query(`SELECT * FROM "${name}"`)]);
      const counters = schema.some(({ name }) => name === "sqlite_sequence")
        ? query("SELECT * FROM sqlite_sequence")
        : [];
      return { schema: own.map(({ sql }) => sql), tables, counters };
    }
  };
}

export class Customer extends recorded(worker.Customer, "CUSTOMERS") {
  async record(event, receivedAt) {
    fail(`record ${this.ctx.id.name}`);
    return super.record(event, receivedAt);
  }

  async handOver(into) {
    fail("hand over");
    return super.handOver(into);
  }
}

export class Account extends recorded(worker.Account, "ACCOUNTS") {
  async draftStatements(account, order, gates) {
    fail(`draft ${this.ctx.id.name}`);
    return super.draftStatements(account, order, gates);
  }
}

export default handlersOf(worker.default, {
  change,
  commands: {
    faults(names) {
      faults.clear();
      for (const name of names) faults.add(name);
    },
    dump: ({ binding, name }, env) => env[binding].getByName(name).dump(),
    relay: ({ binding, name }, env) => env[binding].getByName(name).relay(),
    statements: () => [...statements].map(([sql, values]) => ({ sql, values })),
  },
});
