/** The demo shops, the destinations of the demo's links. They store the click token and send a signed sale for each order. */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { type DemoApi, type Endpoints, postSigned, signEvent } from "./demo-api.ts";
import type { LastClick } from "./demo-state.ts";
import { type DemoProgram, PROGRAMS } from "./programs.ts";
import { createSaleEvent, readExplanation } from "./sale-event.ts";
import { answerPage, indexPage, landingPage, type SaleAnswer } from "./shop-pages.ts";

const COOKIE_MAX_AGE_SECONDS = 34_560_000;
const TOKEN_PATTERN = /^[\w-]{1,200}$/;
const FORM_MAX_CHARACTERS = 2_000;

/** Options of the shops. */
export interface ShopOptions {
  port: number;
  api: DemoApi;
  endpoints: Endpoints;
  /** Called with each click that arrives at a shop. */
  onClick: (click: LastClick) => void;
}

interface Reply {
  status: number;
  html: string;
  cookie?: string;
}

/** Opens the shops. Port 0 picks a free port. */
export async function openShop(options: ShopOptions): Promise<{ origin: string; close: () => void }> {
  // An order's event is created once, so that the same order again sends the same webhook.
  const orders = new Map<string, ReturnType<typeof createSaleEvent>>();
  const server = createServer(async (request, response) => {
    const reply = await answer(request, options, orders).catch((error): Reply => {
      return { status: 502, html: `<pre>${String(error).replaceAll("<", "&lt;")}</pre>` };
    });
    response.writeHead(reply.status, {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'",
      ...(reply.cookie !== undefined && { "Set-Cookie": reply.cookie }),
    });
    response.end(reply.html);
  });
  await new Promise<void>((done, fail) => {
    server.once("error", fail);
    server.listen(options.port, "127.0.0.1", done);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : options.port;
  return {
    origin: `http://localhost:${port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(
  request: IncomingMessage,
  options: ShopOptions,
  orders: Map<string, ReturnType<typeof createSaleEvent>>,
): Promise<Reply> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const [, slug, action] = url.pathname.split("/");
  if (url.pathname === "/") return { status: 200, html: indexPage() };
  const program = PROGRAMS.find((candidate) => candidate.slug === slug);
  if (program === undefined) return { status: 404, html: indexPage() };
  if (request.method === "POST" && action === "buy") {
    return { status: 200, html: answerPage(program, await buy(program, await readForm(request), options, orders)) };
  }
  return showLandingPage(program, url.searchParams.get("lc_click"), request.headers.cookie ?? "", options);
}

/** Stores the click token in a cookie of the shop, as a merchant's site does. */
function showLandingPage(program: DemoProgram, incoming: string | null, cookies: string, options: ShopOptions): Reply {
  const name = `shop_${program.slug}_click`;
  const stored = new RegExp(`(?:^|; )${name}=([\\w-]{1,200})(?:;|$)`).exec(cookies)?.[1] ?? null;
  const isNew = incoming !== null && TOKEN_PATTERN.test(incoming);
  const token = isNew ? incoming : stored;
  if (isNew) options.onClick({ program: program.slug, token: incoming });
  const html = landingPage(program, token, `shop-${randomUUID().slice(0, 8)}`);
  const cookie = `${name}=${token}; Path=/${program.slug}; Max-Age=${COOKIE_MAX_AGE_SECONDS}; HttpOnly; SameSite=Lax`;
  return { status: 200, html, ...(token !== null && { cookie }) };
}

async function buy(
  program: DemoProgram,
  form: URLSearchParams,
  { api, endpoints }: ShopOptions,
  orders: Map<string, ReturnType<typeof createSaleEvent>>,
): Promise<SaleAnswer> {
  const endpoint = endpoints[program.slug];
  if (endpoint === undefined) throw new Error(`The demo has no webhook endpoint for ${program.slug}.`);
  const order = form.get("order") || `shop-${randomUUID().slice(0, 8)}`;
  const event = orders.get(order) ?? createSaleEvent(program, form.get("click") || null, order, new Date());
  orders.set(order, event);
  const answer = await postSigned(signEvent(api.origin, endpoint, `evt_${order}`, event));
  const { receipt } = answer;
  const affiliate = receipt?.attributed_to ?? null;
  const signIn = affiliate === null ? null : await api.call("POST", `/v1/affiliates/${affiliate}/sign-in-link`);
  return {
    ...answer,
    explanation: receipt === null ? null : await readExplanation(api, receipt),
    portal_url: typeof signIn?.json.url === "string" ? signIn.json.url : null,
  };
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = "";
  for await (const chunk of request) {
    text += chunk;
    if (text.length > FORM_MAX_CHARACTERS) throw new Error("The form is too large.");
  }
  return new URLSearchParams(text);
}
