import { connect, type Socket } from "node:net";

/** A redirect that came back, with the click that its landing URL names. */
export interface Answer {
  /** 32 hex digits. */
  click_id: string;
  /** When the click was made, milliseconds since the epoch, as its id says. */
  clicked_at: number;
}

/** Requests that are being poured over a Worker. */
export interface Pouring {
  answers: Answer[];
  /** Answers that were no redirect with a click token. */
  failures: () => number;
  /** Asks for nothing more, and waits for what is under way. */
  stop: () => Promise<void>;
  /** Waits until every connection is gone, and what had come before has been read. */
  ended: Promise<void>;
}

/** What a visitor asks for. */
export interface Visit {
  path: string;
  headers: Record<string, string>;
}

/** How much of it. */
export interface Flow {
  connections: number;
  /** Visits a second at most, all connections together; null for as many as are answered. */
  rate: number | null;
}

const HEADERS_END = "\r\n\r\n";
/** The part of a click token that holds its kind (a byte) and the click's id (16). */
const CLICK = /^location:.*[?&]lc_click=([\w-]{24})/im;
const ID_FROM = 1;
const ID_TO = 17;
const TIME_HEX_DIGITS = 12;

/**
 * Sends visits, each connection one after the other, until it is stopped or the Worker is gone; nothing is asked again. A socket each instead of an HTTP client: every answer counts, also those that the system
 * had taken when the Worker died.
 */
export function pour(url: string, visits: readonly Visit[], { connections, rate }: Flow): Pouring {
  const pauseMs = rate === null ? 0 : (connections / rate) * 1_000;
  const requests = visits.map(({ path, headers }) => {
    const lines = Object.entries({ Host: "go.example", ...headers }).map(([name, value]) => `${name}: ${value}`);
    return Buffer.from(`GET /${path} HTTP/1.1\r\n${lines.join("\r\n")}${HEADERS_END}`);
  });
  const answers: Answer[] = [];
  let failures = 0;
  let next = 0;
  let isStopped = false;

  const ask = (socket: Socket) => {
    const request = requests[next++ % requests.length];
    if (isStopped || request === undefined) socket.end();
    else socket.write(request);
  };
  const open = (number: number) =>
    new Promise<void>((resolve) => {
      const { hostname, port } = new URL(url);
      // One after the other, not all at once.
      let askAt = performance.now() + (number / connections) * pauseMs;
      const askInTime = () => {
        const wait = askAt - performance.now();
        askAt += pauseMs;
        if (wait > 0) setTimeout(ask, wait, socket);
        else ask(socket);
      };
      const socket = connect(Number(port), hostname, askInTime);
      socket.setNoDelay().setEncoding("latin1");
      let received = "";
      socket.on("data", (text) => {
        received += text;
        // A redirect has no body.
        if (!received.endsWith(HEADERS_END)) return;
        const [, token] = CLICK.exec(received) ?? [];
        received = "";
        if (token === undefined) failures += 1;
        else answers.push(readAnswer(token));
        askInTime();
      });
      socket.on("error", () => socket.destroy());
      socket.on("close", () => resolve());
    });
  const ended = Promise.all(Array.from({ length: connections }, (_, number) => open(number))).then(() => undefined);
  return {
    answers,
    failures: () => failures,
    stop: () => {
      isStopped = true;
      return ended;
    },
    ended,
  };
}

function readAnswer(token: string): Answer {
  const click_id = Buffer.from(token, "base64url").subarray(ID_FROM, ID_TO).toString("hex");
  return { click_id, clicked_at: Number.parseInt(click_id.slice(0, TIME_HEX_DIGITS), 16) };
}
