/** `npm run demo:sale [-- <token>]`: posts a signed sale for a click, and says what became of it. */
import { randomUUID } from "node:crypto";
import { DEMO_LINK, findDemoLink, findDemoProgram } from "./cast.ts";
import { followLink, openApi, postSigned, signEvent } from "./demo-api.ts";
import { DemoError, failWith } from "./demo-error.ts";
import { type DemoMemory, type LastClick, readLastClick, readMemory } from "./demo-file.ts";
import { DEV_VARS_FILE, STATE_FOLDER } from "./demo-place.ts";
import { readDevVars } from "./dev-vars.ts";
import { makeSale, readSaleStory } from "./make-sale.ts";
import { programOfToken } from "./program-of-token.ts";
import { describeCommission } from "./shop-pages.ts";

const BROWSER =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";

async function main(given: string | undefined): Promise<void> {
  const memory = readMemory(STATE_FOLDER);
  if (memory === null || !memory.seeded || memory.origin === null) {
    throw new DemoError("There is no demo yet. Start it in another terminal with: npm run dev");
  }
  const { ADMIN_TOKEN } = readDevVars(DEV_VARS_FILE);
  const { origin } = memory;
  const api = openApi(origin, ADMIN_TOKEN);
  await api.read("/healthz");
  const click = await chooseClick(given, memory, origin);
  const endpoint = memory.endpoints[click.program];
  if (endpoint === undefined) throw new DemoError(`The demo has no webhook endpoint for ${click.program}.`);

  const order = `sale-${randomUUID().slice(0, 8)}`;
  const event = makeSale(findDemoProgram(click.program), click.token, order, new Date());
  const signed = signEvent(origin, endpoint, `evt_${order}`, event);
  console.log(`\nPOST ${signed.url}`);
  for (const [name, value] of Object.entries(signed.headers)) console.log(`${name}: ${value}`);
  console.log(`\n${signed.body}\n`);

  const { status, json, receipt } = await postSigned(signed);
  console.log(`→ ${status}\n${JSON.stringify(json, null, 2)}\n`);
  if (receipt === null) throw new DemoError("The sale was refused.");
  const story = await readSaleStory(api, receipt);
  console.log(`Credit:      ${receipt.attributed_to ?? "nobody"}`);
  console.log(`Why:         ${story?.text ?? receipt.reason}`);
  if (story?.commission) console.log(`Commission:  ${describeCommission(story.commission)}`);
  console.log("");
}

/** The token given, else the click that landed in the shop last, else a new click on the demo's link. */
async function chooseClick(given: string | undefined, memory: DemoMemory, origin: string): Promise<LastClick> {
  if (given !== undefined) {
    console.log("The click is the one of the token given.");
    return { program: programOfToken(given, memory.program_ids), token: given };
  }
  const last = readLastClick(STATE_FOLDER);
  if (last !== null) {
    console.log(`The click is the last one that landed in the ${findDemoProgram(last.program).name} shop.`);
    return last;
  }
  const { slug, program } = findDemoLink(DEMO_LINK);
  console.log(`No click has landed in the shop yet, so here is one: GET ${origin}/${slug}`);
  const { token, status } = await followLink(`${origin}/${slug}`, { headers: { "User-Agent": BROWSER } });
  if (token === null) throw new DemoError(`GET ${origin}/${slug} answered ${status} and led nowhere.`);
  return { program, token };
}

main(process.argv[2]).catch(failWith);
