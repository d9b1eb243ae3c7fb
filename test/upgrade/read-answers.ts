/** All data of the API and the portal about the story, once it is over. */
import { OVER_AT } from "./continue-story.ts";
import { ENDS_AT, type LeftBehind } from "./fixture.ts";
import { type Answer, type Json, type Player, readAnswer, timeOf } from "./player.ts";
import { withoutWords } from "./without-words.ts";

const DAYS = "from=2026-01-01&to=2026-06-16";
const ACCOUNTS = {
  orbit: ["maya", "leo", "ines", "omar", "tess", "nils"],
  hatch: ["maya", "leo", "omar", "tess"],
};
/** Links by host; an empty host is the shared namespace. */
const LINKS = {
  "": ["maya", "maya-news", "leo", "ines", "omar", "omar-sale", "tess", "nils"],
  "go.hatch.example": ["maya", "leo", "omar"],
};
const ASKED_AT_ONCE = 8;

/** Answers by request. */
export type Answers = Record<string, Answer>;

/** The API paths of affiliates' accounts in programs. */
export const ACCOUNT_PATHS = Object.entries(ACCOUNTS).flatMap(([program, affiliates]) =>
  affiliates.map((affiliate) => `/v1/programs/${program}/affiliates/${affiliate}`),
);

/** Requests everything; returns the answers without words. */
export async function readAnswers(player: Player, left: LeftBehind): Promise<Answers> {
  const asked = [...listPaths(left)].map((path) => [path, () => get(player, path)] as const);
  const conversions = [...new Set(Object.values(left.conversions))];
  const programs = Object.keys(ACCOUNTS);
  const all = [
    ...asked,
    ...ACCOUNT_PATHS.map((path) => [`${path}/ledger`, () => readLedger(player, path)] as const),
    ...conversions.map((id) => [`/v1/conversions/${id}`, () => readConversion(player, id)] as const),
    ...programs.map((name) => [`conversions of ${name}`, () => readNewConversions(player, name, left)] as const),
    ...listLinks().map((path) => [path, () => readClicks(player, path)] as const),
    ...programs.map((program) => [`deliveries of ${program}`, () => readDeliveries(player, program)] as const),
    ...Object.entries(left.runs).map(([name, id]) => [`files of ${name}`, () => readFiles(player, name, id)] as const),
    ...Object.keys(left.sessions).map((name) => [`data of ${name}`, () => readOwnData(player, left, name)] as const),
  ];
  const answers: Answers = {};
  for (let from = 0; from < all.length; from += ASKED_AT_ONCE) {
    const some = all.slice(from, from + ASKED_AT_ONCE);
    const got = await Promise.all(some.map(async ([name, ask]) => [name, await ask().catch(fail)] as const));
    for (const [name, answer] of got) answers[name] = answer;
  }
  return answers;
}

/** Returns the error of an answer that can't be read, so that the others are not affected. */
function fail(error: unknown): Answer {
  return { status: 0, body: String(error) };
}

async function get(player: Player, path: string): Promise<Answer> {
  return withoutWords(await player.call(OVER_AT, "GET", path));
}

/** Answers that are compared unchanged. */
function* listPaths({ runs }: LeftBehind): Generator<string> {
  const whole = ["dead-clicks", "click-archives", "click-checks", "coupons", "keys", "conversions?test=true"];
  yield* ["/healthz", ...whole.map((part) => `/v1/${part}`)];
  for (const program of Object.keys(ACCOUNTS)) {
    const parts = ["terms", "creatives", "endpoints", "payouts/runs", "payouts/reconciliation", `counts?${DAYS}`];
    yield* parts.map((part) => `/v1/programs/${program}/${part}`);
  }
  for (const [name, id] of Object.entries(runs)) {
    const path = `/v1/programs/${programOf(name)}/payouts/runs/${id}`;
    yield* [`${path}/statements`, `${path}/reconciliation`];
  }
  for (const path of ACCOUNT_PATHS) {
    yield* ["", "/ledger-check", "/statements", "/touched", `/counts?${DAYS}`].map((part) => `${path}${part}`);
  }
  for (const username of ACCOUNTS.orbit)
    yield* [`/v1/affiliates/${username}/payee`, `/v1/affiliates/${username}/marks`];
  for (const [host, slugs] of Object.entries(LINKS)) {
    for (const slug of slugs)
      yield* [`/v1/links/${slug}?host=${host}`, `/v1/links/${slug}/counts?host=${host}&${DAYS}`];
  }
}

function programOf(run: string): string {
  return run.slice(0, run.indexOf(" "));
}

function listLinks(): string[] {
  return Object.entries(LINKS).flatMap(([host, slugs]) =>
    slugs.map((slug) => `/v1/links/${slug}/clicks?host=${host}&limit=200`),
  );
}

/** An account's ledger, entry by entry, oldest first. */
async function readLedger(player: Player, path: string): Promise<Answer> {
  const { status, body } = await player.call(OVER_AT, "GET", `${path}/ledger`);
  const [, ...lines] = String(body).trimEnd().split("\n");
  return { status, body: lines.map((line) => JSON.parse(line)) };
}

/** A conversion with its entries' ids only, because the ledgers contain the entries. */
async function readConversion(player: Player, id: string): Promise<Answer> {
  const { status, body } = await get(player, `/v1/conversions/${id}`);
  return { status, body: { ...body, entries: body.entries.map((entry: Json) => entry.id) } };
}

/** A program's conversions since the upgrade; earlier ones are read separately. */
async function readNewConversions(player: Player, program: string, left: LeftBehind): Promise<Answer> {
  const { status, body } = await get(player, `/v1/conversions?program=${program}&limit=200`);
  const known = new Set(Object.values(left.conversions));
  return { status, body: { ...body, data: body.data.filter((one: Json) => !known.has(one.id)) } };
}

/** A link's clicks. Clicks since the upgrade have different ids in each release. */
async function readClicks(player: Player, path: string): Promise<Answer> {
  const { status, body } = await get(player, path);
  const hide = (click: Json) => (isOld(click.at) ? click : { ...click, id: "<id>" });
  return { status, body: { ...body, data: body.data.map(hide) } };
}

/** A program's deliveries from before the upgrade, and the request of the last one. */
async function readDeliveries(player: Player, program: string): Promise<Answer> {
  const path = `/v1/programs/${program}/deliveries`;
  const { status, body } = await get(player, `${path}?limit=200`);
  const data = body.data.filter((delivery: Json) => isOld(delivery.received_at));
  const { request } = (await get(player, `${path}/${data[0].id}`)).body;
  return { status, body: { data, request } };
}

function isOld(time: string): boolean {
  return Date.parse(time) <= timeOf(ENDS_AT);
}

/** A run's payment files, byte by byte. */
async function readFiles(player: Player, name: string, run: string): Promise<Answer> {
  const path = `/v1/programs/${programOf(name)}/payouts/runs/${run}/files`;
  const { status, body } = await get(player, path);
  const names: string[] = body.data?.map((file: Json) => file.name) ?? [];
  const texts = await Promise.all(names.map(async (file) => (await get(player, `${path}/${file}`)).body));
  return { status, body: { ...body, texts } };
}

/** An affiliate's data export, with only the names of its programs. */
async function readOwnData(player: Player, { sessions }: LeftBehind, affiliate: string): Promise<Answer> {
  const page = await player.page(OVER_AT, "/app/account/data.json", sessions[affiliate] ?? {});
  const { status, body } = withoutWords(await readAnswer(page));
  return { status, body: { ...body, programs: body.programs.map((one: Json) => one.program) } };
}
