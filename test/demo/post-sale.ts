/** `npm run demo:sale [-- <token>]`: posts a signed sale for a click and prints who is credited, and why. */
import { randomUUID } from "node:crypto";
import { followLink, openApi, postSigned, signEvent } from "./demo-api.ts";
import { DemoError, failWith } from "./demo-error.ts";
import { type DemoState, type LastClick, readLastClick, readState } from "./demo-state.ts";
import { DEV_VARS_FILE, STATE_FOLDER } from "./dev-settings.ts";
import { readDevVars } from "./dev-vars.ts";
import { programOfToken } from "./program-of-token.ts";
import { DEMO_LINK, findDemoLink, findDemoProgram } from "./programs.ts";
import { createSaleEvent, readExplanation } from "./sale-event.ts";
import { describeCommission } from "./shop-pages.ts";

const BROWSER =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";

async function main(given: string | undefined): Promise<void> {
  const state = readState(STATE_FOLDER);
  if (state === null || !state.seeded || state.origin === null) {
    throw new DemoError("The demo is not running. Start it in another terminal: npm run dev");
  }
  const { ADMIN_TOKEN } = readDevVars(DEV_VARS_FILE);
  const { origin } = state;
  const api = openApi(origin, ADMIN_TOKEN);
  await api.read("/healthz");
  const click = await chooseClick(given, state, origin);
  const endpoint = state.endpoints[click.program];
  if (endpoint === undefined) throw new DemoError(`The demo has no webhook endpoint for ${click.program}.`);

  const order = `sale-${randomUUID().slice(0, 8)}`;
  const event = createSaleEvent(findDemoProgram(click.program), click.token, order, new Date());
  const signed = signEvent(origin, endpoint, `evt_${order}`, event);
  console.log(`\nPOST ${signed.url}`);
  for (const [name, value] of Object.entries(signed.headers)) console.log(`${name}: ${value}`);
  console.log(`\n${signed.body}\n`);

  const { status, json, receipt } = await postSigned(signed);
  console.log(`→ ${status}\n${JSON.stringify(json, null, 2)}\n`);
  if (receipt === null) throw new DemoError("Lastclick refused the sale. The answer above says why.");
  const explanation = await readExplanation(api, receipt);
  console.log(`Credit:      ${receipt.attributed_to ?? "nobody"}`);
  console.log(`Why:         ${explanation?.text ?? receipt.reason}`);
  if (explanation?.commission) console.log(`Commission:  ${describeCommission(explanation.commission)}`);
  console.log("");
}

/** The token given, or the click that arrived at the shop last, or a new click on the demo's link. */
async function chooseClick(given: string | undefined, state: DemoState, origin: string): Promise<LastClick> {
  if (given !== undefined) {
    console.log("Using the click token from the command line.");
    return { program: programOfToken(given, state.program_ids), token: given };
  }
  const last = readLastClick(STATE_FOLDER);
  if (last !== null) {
    console.log(`Using the last click that arrived at the ${findDemoProgram(last.program).name} demo shop.`);
    return last;
  }
  const { slug, program } = findDemoLink(DEMO_LINK);
  console.log(`No click has arrived at the demo shop yet. Clicking a link: GET ${origin}/${slug}`);
  const { token, status } = await followLink(`${origin}/${slug}`, { headers: { "User-Agent": BROWSER } });
  if (token === null)
    throw new DemoError(`GET ${origin}/${slug} answered ${status} instead of a redirect with a click token.`);
  return { program, token };
}

main(process.argv[2]).catch(failWith);
