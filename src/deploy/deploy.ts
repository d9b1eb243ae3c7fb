/** `npm run deploy`: deploys Lastclick to a Cloudflare account, or upgrades it. src/docs/deploy.md describes it. */
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { experimental_readRawConfig } from "wrangler";
import { DeployFault } from "./explain-failure.ts";
import { deploy } from "./run-deployment.ts";
import { openTerminal } from "./terminal.ts";
import { parseWorkerConfig } from "./worker-config.ts";
import { openWrangler } from "./wrangler.ts";

const ROOT = resolve(import.meta.dirname, "../..");

try {
  await deploy({
    root: ROOT,
    base: parseWorkerConfig(experimental_readRawConfig({ config: resolve(ROOT, "wrangler.toml") }).rawConfig),
    env: process.env,
    run: openWrangler([process.execPath, resolve(ROOT, "node_modules/wrangler/bin/wrangler.js")], ROOT),
    terminal: openTerminal(),
    reach: { fetch, sleep: (ms) => setTimeout(ms) },
    random: randomBytes,
  });
} catch (error) {
  if (!(error instanceof DeployFault)) throw error;
  console.error(`\n${error.message}\n\nWhat to do: ${error.fix}`);
  process.exitCode = 1;
}
