/**
 * The environment of a Worker under test: its own clock, a queue and an email service that store everything, and a way
 * to see when all background work has ended. A request to `http://control.invalid/<command>` uses these.
 */
import { setClock } from "./clock.js";
import { runBatch, runEach } from "./databases.js";

/** The header with the time of a request. */
const CLOCK = "x-test-clock";

/** Packs of clicks and emails, as sent by the Worker. */
const sent = { clicks: [], dead_clicks: [], emails: [] };

/** Objects that may have an alarm, as `<binding> <name>`. */
const called = new Set();
/** Alarms and background promises in progress. */
let running = 0;
/** Alarms that have begun since the process started. */
let begun = 0;

const surrounded = new WeakMap();

/**
 * The bindings with a queue and an email service that store everything; the same object for the same bindings.
 * @param {Record<string, unknown>} env
 * @param {(env: Record<string, unknown>) => Record<string, unknown>} [change]
 */
export function surround(env, change = (same) => same) {
  const known = surrounded.get(env);
  if (known !== undefined) return known;
  const keep = (list) => ({ send: async (message) => void list.push(structuredClone(message)) });
  const changed = change({
    ...env,
    CUSTOMERS: watchNamespace(env.CUSTOMERS, "CUSTOMERS"),
    ACCOUNTS: watchNamespace(env.ACCOUNTS, "ACCOUNTS"),
    CLICKS: keep(sent.clicks),
    DEAD_CLICKS: keep(sent.dead_clicks),
    EMAIL: keep(sent.emails),
  });
  surrounded.set(env, changed);
  return changed;
}

/** A namespace that records the called objects. */
function watchNamespace(namespace, binding) {
  return new Proxy(namespace, {
    get(target, name) {
      if (name !== "getByName" && name !== "get") {
        const member = target[name];
        return typeof member === "function" ? member.bind(target) : member;
      }
      return (key, ...values) => {
        called.add(`${binding} ${name === "get" ? key.name : key}`);
        return target[name](key, ...values);
      };
    },
  });
}

/** A Durable Object class whose alarms are counted. */
export function watch(Base, binding, change) {
  return class extends Base {
    constructor(ctx, env) {
      super(ctx, surround(env, change));
      called.add(`${binding} ${ctx.id.name}`);
    }

    async alarm(...values) {
      running += 1;
      begun += 1;
      try {
        await super.alarm(...values);
      } finally {
        running -= 1;
      }
    }

    async hasAlarm() {
      return (await this.ctx.storage.getAlarm()) !== null;
    }
  };
}

/** The Worker's handlers, with the control commands and additional ones. */
export function handlersOf(worker, { change, commands = {} } = {}) {
  return {
    fetch(request, env, ctx) {
      const url = new URL(request.url);
      if (url.hostname === "control.invalid") return answerControl(url.pathname.slice(1), request, env, commands);
      const headers = new Headers(request.headers);
      setClock(Number(headers.get(CLOCK)));
      headers.delete(CLOCK);
      return worker.fetch(new Request(request, { headers }), surround(env, change), follow(ctx));
    },
    queue: (batch, env, ctx) => worker.queue(batch, surround(env, change), follow(ctx)),
    scheduled: (event, env, ctx) => worker.scheduled(event, surround(env, change), follow(ctx)),
  };
}

/** The context of a request, with its background work counted. */
function follow(ctx) {
  return {
    waitUntil(promise) {
      running += 1;
      const ended = () => {
        running -= 1;
      };
      ctx.waitUntil(Promise.resolve(promise).then(ended, ended));
    },
    passThroughOnException() {},
    props: {},
  };
}

async function answerControl(command, request, env, commands) {
  const body = request.method === "POST" ? await request.json() : null;
  switch (command) {
    case "clock":
      setClock(body);
      return Response.json(null);
    case "sent":
      return Response.json(Object.fromEntries(Object.entries(sent).map(([name, list]) => [name, list.splice(0)])));
    case "query":
      return Response.json(await runBatch(env[body.binding], body.statements));
    case "try":
      return Response.json(await runEach(env[body.binding], body.statements));
    case "watch":
      for (const key of body) called.add(key);
      return Response.json(null);
    case "is-idle":
      return Response.json(await isIdle(env));
    default:
      return Response.json((await commands[command]?.(body, env)) ?? null);
  }
}

/** Whether nothing runs and no object has an alarm. False if an alarm began meanwhile, because it may have set others. */
async function isIdle(env) {
  const before = begun;
  if (running > 0) return false;
  for (const key of called) {
    const [binding, name] = [key.slice(0, key.indexOf(" ")), key.slice(key.indexOf(" ") + 1)];
    if (await env[binding].getByName(name).hasAlarm()) return false;
    if (running === 0 && begun === before) called.delete(key);
  }
  return running === 0 && begun === before;
}
