import { connect, type Socket } from "node:net";

/** A redirect that was received, with the click that its landing URL names. */
export interface Answer {
  /** 32 hex digits. */
  click_id: string;
  /** The time in the click id, ms since the epoch. */
  clicked_at: number;
}

/** Visits that are being sent to a Worker. */
export interface VisitStream {
  answers: Answer[];
  /** The number of answers that were not a redirect with a click token. */
  failures: () => number;
  /** Sends no more visits and waits for the answers to those already sent. */
  stop: () => Promise<void>;
  /** Resolves when every connection is closed and everything received has been read. */
  ended: Promise<void>;
}

/** A visitor's request. */
export interface Visit {
  path: string;
  headers: Record<string, string>;
}

/** The rate of visits. */
export interface VisitRate {
  connections: number;
  /** The maximum of visits per second on all connections together; null for as many as are answered. */
  rate: number | null;
}

const HEADERS_END = "\r\n\r\n";
/** The part of a click token that holds its kind (1 byte) and the click id (16 bytes). */
const CLICK = /^location:.*[?&]lc_click=([\w-]{24})/im;
const ID_FROM = 1;
const ID_TO = 17;
const TIME_HEX_DIGITS = 12;

/**
 * Sends visits until it is stopped or the Worker is gone, one after the other on each connection; none is sent again. It
 * uses sockets instead of an HTTP client so that it also reads answers that had arrived when the Worker died.
 */
export function sendVisits(url: string, visits: readonly Visit[], { connections, rate }: VisitRate): VisitStream {
  const pauseMs = rate === null ? 0 : (connections / rate) * 1_000;
  const requests = visits.map(({ path, headers }) => {
    const lines = Object.entries({ Host: "go.example", ...headers }).map(([name, value]) => `${name}: ${value}`);
    return Buffer.from(`GET /${path} HTTP/1.1\r\n${lines.join("\r\n")}${HEADERS_END}`);
  });
  const answers: Answer[] = [];
  let failures = 0;
  let next = 0;
  let isStopped = false;

  const send = (socket: Socket) => {
    const request = requests[next++ % requests.length];
    if (isStopped || request === undefined) socket.end();
    else socket.write(request);
  };
  const open = (number: number) =>
    new Promise<void>((resolve) => {
      const { hostname, port } = new URL(url);
      // Connections start one after the other, not all at once.
      let sendAt = performance.now() + (number / connections) * pauseMs;
      const sendOnTime = () => {
        const wait = sendAt - performance.now();
        sendAt += pauseMs;
        if (wait > 0) setTimeout(send, wait, socket);
        else send(socket);
      };
      const socket = connect(Number(port), hostname, sendOnTime);
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
        sendOnTime();
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
