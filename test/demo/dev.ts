/** `npm run dev`: secrets, database, demo, server and shop on this machine, and what to try with them. */
import { connect } from "node:net";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { DEMO_LINK } from "./cast.ts";
import { refuseForeignCast } from "./create-cast.ts";
import { openApi } from "./demo-api.ts";
import { DemoError, failWith } from "./demo-error.ts";
import { type DemoMemory, fingerprintOf, forgetMemory, keepLastClick, keepMemory, readMemory } from "./demo-file.ts";
import { DEV_VARS_FILE, readPort, STATE_FOLDER } from "./demo-place.ts";
import { createDevVars, type DevVars, readDevVars } from "./dev-vars.ts";
import { seedDemo } from "./seed.ts";
import { openShop } from "./shop.ts";
import { chooseAnchor } from "./story.ts";
import { describeDemo } from "./what-to-try.ts";

const PORT = 8_787;
const SHOP_PORT = 8_788;
const PARENT_POLL_MS = 1_000;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

async function main(): Promise<void> {
  listenForEnd();
  const port = readPort("PORT", PORT);
  const shopPort = readPort("SHOP_PORT", SHOP_PORT);
  await refuseTakenPort("PORT", port);
  await refuseTakenPort("SHOP_PORT", shopPort);
  if (createDevVars(DEV_VARS_FILE)) console.log("Wrote .dev.vars with random secrets.");
  const devVars = readDevVars(DEV_VARS_FILE);
  const { memory, server } = await serve(port, `http://localhost:${shopPort}`, devVars);
  keepMemory(STATE_FOLDER, { ...memory, origin: server.origin });
  const api = openApi(server.origin, devVars.ADMIN_TOKEN);
  const shop = await openShop({
    port: shopPort,
    api,
    endpoints: memory.endpoints,
    keepClick: (click) => keepLastClick(STATE_FOLDER, click),
  });
  const signIn = await api.call("POST", `/v1/affiliates/${DEMO_LINK}/sign-in-link`);
  const { origin, adminToken } = server;
  const ended = new Promise<"ended">((done) => {
    end = () => done("ended");
  });
  console.log(describeDemo({ origin, adminToken, shopOrigin: memory.shop_origin, signInUrl: String(signIn.json.url) }));
  const reason = await Promise.race([ended, server.exited.then(() => "exited" as const)]);
  shop.close();
  await server.stop();
  if (reason === "exited") throw new DemoError(`wrangler dev ended by itself:\n${server.log()}`);
  process.exit(0);
}

/** The shipped Worker over a database that has the demo in it. */
async function serve(port: number, shopOrigin: string, devVars: DevVars) {
  const vault_fingerprint = fingerprintOf(devVars.VAULT_KEY);
  let memory = readMemory(STATE_FOLDER);
  if (memory !== null) refuseOtherSetting(memory, shopOrigin, vault_fingerprint);
  if (memory?.seeded) {
    const server = await start(port, devVars);
    const link = await openApi(server.origin, devVars.ADMIN_TOKEN).call("GET", `/v1/links/${DEMO_LINK}`);
    if (link.status === 200) return { memory, server };
    // The database was deleted, and its story with it.
    await server.stop();
    forgetMemory(STATE_FOLDER);
    memory = null;
  }
  const seeded = await seed(memory, { shop_origin: shopOrigin, vault_fingerprint }, devVars);
  return { memory: seeded, server: await start(port, devVars) };
}

async function seed(
  known: DemoMemory | null,
  setting: Pick<DemoMemory, "shop_origin" | "vault_fingerprint">,
  devVars: DevVars,
): Promise<DemoMemory> {
  console.log("Seeding the demo: four weeks of clicks and sales, once …");
  const started = Date.now();
  const server = await startDevServer({ persistTo: STATE_FOLDER, main: "test/demo/worker.ts", devVars });
  try {
    if (known === null) await refuseForeignCast(openApi(server.origin, devVars.ADMIN_TOKEN));
    const nothing = { endpoints: {}, program_ids: {}, seeded: false, origin: null };
    const memory = known ?? { anchor: chooseAnchor(started), ...setting, ...nothing };
    const keep = (changed: DemoMemory) => keepMemory(STATE_FOLDER, changed);
    keep(memory);
    const seeded = await seedDemo({ server, memory, keep });
    console.log(`Seeded in ${Math.round((Date.now() - started) / 1_000)} s. Starting the server …`);
    return seeded.memory;
  } finally {
    await server.stop();
  }
}

async function start(port: number, devVars: DevVars): Promise<DevServer> {
  let isServing = false;
  const onWarning = (text: string) => {
    if (isServing) process.stderr.write(text);
  };
  const server = await startDevServer({ persistTo: STATE_FOLDER, port, devVars, onWarning });
  isServing = true;
  return server;
}

function refuseOtherSetting(memory: DemoMemory, shopOrigin: string, fingerprint: string): void {
  const startOver = "or delete .wrangler/state to start over.";
  if (memory.vault_fingerprint !== fingerprint) {
    throw new DemoError(
      `The database in .wrangler/state was made with another VAULT_KEY than that of .dev.vars: put that one back, ${startOver}`,
    );
  }
  if (memory.shop_origin !== shopOrigin) {
    const { port } = new URL(memory.shop_origin);
    throw new DemoError(
      `The demo's links lead to ${memory.shop_origin}, where its shop must be: set SHOP_PORT=${port}, ${startOver}`,
    );
  }
}

/** Throws where something answers on the port: wrangler would take another one and say so in its noise. */
async function refuseTakenPort(name: "PORT" | "SHOP_PORT", port: number): Promise<void> {
  for (const host of ["127.0.0.1", "::1"]) {
    const isTaken = await new Promise<boolean>((done) => {
      const socket = connect({ port, host });
      const end = (answer: boolean) => {
        socket.destroy();
        done(answer);
      };
      socket.once("connect", () => end(true)).once("error", () => end(false));
    });
    if (isTaken) throw new DemoError(`Port ${port} is taken. Free it, or name another one: ${name}=9000 npm run dev`);
  }
}

/** What a signal does. Before there is anything to close in good order, what was started simply ends with this process. */
let end: () => void = () => process.exit(0);

/**
 * Listens for signals once and for all, because a listener that is changed leaves a moment without one; and for the end
 * of npm's shell, because a signal to npm alone ends only that shell, and nobody else would tell us.
 */
function listenForEnd(): void {
  for (const signal of SIGNALS) process.on(signal, () => end());
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && end(), PARENT_POLL_MS).unref();
}

main().catch(failWith);
