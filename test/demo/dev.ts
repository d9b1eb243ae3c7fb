/** `npm run dev`: creates secrets, a database and demo data on this machine, and serves Lastclick and the demo shop. */
import { connect } from "node:net";
import { type DevServer, DevServerError, type ServerEntry, startDevServer } from "../support/dev-server.ts";
import { hasDemoLinks } from "./create-programs.ts";
import { openApi } from "./demo-api.ts";
import { DemoError, failWith } from "./demo-error.ts";
import {
  type DemoState,
  deleteState,
  fingerprintOf,
  type LastClick,
  readState,
  saveLastClick,
  saveState,
} from "./demo-state.ts";
import { DEV_VARS_FILE, readPort, STATE_FOLDER } from "./dev-settings.ts";
import { createDevVars, type DevVars, readDevVars } from "./dev-vars.ts";
import { describeDemo } from "./instructions.ts";
import { DEMO_LINK } from "./programs.ts";
import { openProgress } from "./progress.ts";
import { chooseAnchor } from "./scenario.ts";
import { seedDemo } from "./seed.ts";
import { openShop } from "./shop.ts";

const PORT = 8_787;
const SHOP_PORT = 8_788;
const SEED_WORKER = "test/demo/seed-worker.ts";
const PARENT_POLL_MS = 1_000;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const START_OVER = "To start over with new data, delete .wrangler/state and run `npm run dev` again.";

const progress = openProgress(process.stdout);
/** Whether the instructions are printed. From then on, the server's warnings are printed too. */
let isReady = false;

async function main(): Promise<void> {
  listenForEnd();
  const port = readPort("PORT", PORT);
  const shopPort = readPort("SHOP_PORT", SHOP_PORT);
  await refuseUsedPort("PORT", port);
  await refuseUsedPort("SHOP_PORT", shopPort);
  if (createDevVars(DEV_VARS_FILE)) console.log("Created .dev.vars with random secrets.");
  const devVars = readDevVars(DEV_VARS_FILE);
  const settings = { shop_origin: `http://localhost:${shopPort}`, vault_fingerprint: fingerprintOf(devVars.VAULT_KEY) };
  const { state, server, api } = await serve(port, settings, devVars);
  const { origin, adminToken } = server;
  saveState(STATE_FOLDER, { ...state, origin });
  const onClick = (click: LastClick) => saveLastClick(STATE_FOLDER, click);
  const shop = await openShop({ port: shopPort, api, endpoints: state.endpoints, onClick });
  const signIn = await api.call("POST", `/v1/affiliates/${DEMO_LINK}/sign-in-link`);
  const ended = new Promise<"ended">((done) => {
    end = () => done("ended");
  });
  isReady = true;
  progress.end();
  console.log(describeDemo({ origin, adminToken, shopOrigin: shop.origin, signInUrl: String(signIn.json.url) }));
  const reason = await Promise.race([ended, server.exited.then(() => "exited" as const)]);
  shop.close();
  await server.stop();
  if (reason === "exited") throw new DemoError(`The server ended unexpectedly.\n${server.log()}`);
  process.exit(0);
}

/** Settings that the demo's data depends on. */
type DataSettings = Pick<DemoState, "shop_origin" | "vault_fingerprint">;

/** Serves the production Worker on a database with the demo's data. */
async function serve(port: number, settings: DataSettings, devVars: DevVars) {
  const known = readState(STATE_FOLDER);
  if (known !== null) refuseOtherSettings(known, settings);
  progress.show("Starting the server");
  const server = await start(port, devVars, known?.seeded ? { watch: true } : { main: SEED_WORKER });
  const api = openApi(server.origin, devVars.ADMIN_TOKEN);
  const hasLinks = await hasDemoLinks(api);
  if (known?.seeded && hasLinks) return { state: known, server, api };
  if (known === null && hasLinks) {
    throw new DemoError(
      `The database in .wrangler/state has the demo's links, but its demo.json is gone. ${START_OVER}`,
    );
  }
  if (known?.seeded) {
    // The database was deleted, but not the state.
    deleteState(STATE_FOLDER);
    await server.switchTo({ main: SEED_WORKER });
  }
  const state = await seed(server.origin, known?.seeded ? null : known, settings);
  progress.show("Starting the server with the new data");
  await server.switchTo({ watch: true });
  return { state, server, api };
}

/** Seeds the demo, or continues a seeding that was interrupted. */
async function seed(origin: string, interrupted: DemoState | null, settings: DataSettings): Promise<DemoState> {
  const created = { endpoints: {}, program_ids: {}, seeded: false, origin: null };
  const state = interrupted ?? { anchor: chooseAnchor(Date.now()), ...settings, ...created };
  const save = (changed: DemoState) => saveState(STATE_FOLDER, changed);
  save(state);
  try {
    return (await seedDemo({ origin, state, save, onProgress: progress.show })).state;
  } catch (error) {
    if (error instanceof DemoError) throw new DemoError(`${error.message}\n${START_OVER}`);
    const message = error instanceof Error ? error.message : String(error);
    throw new DemoError(`Creating the demo's data failed: ${message}\nRun \`npm run dev\` again to continue.`);
  }
}

async function start(port: number, devVars: DevVars, entry: Partial<ServerEntry>): Promise<DevServer> {
  const onWarning = (text: string) => {
    if (isReady) process.stderr.write(text);
  };
  try {
    return await startDevServer({ persistTo: STATE_FOLDER, port, devVars, onWarning, ...entry });
  } catch (error) {
    if (error instanceof DevServerError)
      throw new DemoError(error.isDatabaseError ? `${error.message}\n${START_OVER}` : error.message);
    throw error;
  }
}

function refuseOtherSettings(state: DemoState, settings: DataSettings): void {
  if (state.vault_fingerprint !== settings.vault_fingerprint) {
    throw new DemoError(
      `The database in .wrangler/state was encrypted with another VAULT_KEY than the one in .dev.vars. Restore that key. ${START_OVER}`,
    );
  }
  if (state.shop_origin !== settings.shop_origin) {
    const { port } = new URL(state.shop_origin);
    throw new DemoError(
      `The demo's links lead to ${state.shop_origin}, so the demo shop must run there. Use SHOP_PORT=${port}. ${START_OVER}`,
    );
  }
}

/** Throws if something answers on the port: wrangler would use another one instead. */
async function refuseUsedPort(name: "PORT" | "SHOP_PORT", port: number): Promise<void> {
  for (const host of ["127.0.0.1", "::1"]) {
    const isUsed = await new Promise<boolean>((done) => {
      const socket = connect({ port, host });
      const close = (answer: boolean) => {
        socket.destroy();
        done(answer);
      };
      socket.once("connect", () => close(true)).once("error", () => close(false));
    });
    if (!isUsed) continue;
    throw new DemoError(
      `Port ${port} is already in use. Stop the program that uses it, or choose another port: ${name}=9000 npm run dev`,
    );
  }
}

/** The action of a signal. Until everything runs, this process exits together with the processes it started. */
let end: () => void = () => process.exit(0);

/**
 * Handles signals with one permanent listener, because replacing a listener would leave a moment without one. Also notices when
 * npm's shell ends, because a signal to npm alone ends only that shell.
 */
function listenForEnd(): void {
  for (const signal of SIGNALS) process.on(signal, () => end());
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && end(), PARENT_POLL_MS).unref();
}

main().catch((error) => {
  progress.end();
  failWith(error);
});
