/** Serves the shipped Worker to browsers. */
import { randomBytes } from "node:crypto";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { bundleWorker, migrate, readBindings, readPromptQueues } from "../support/shipped-worker.ts";

const KEY_BYTES = 32;

/** A running server. */
export interface Server {
  /** `http://localhost:<port>`: browsers accept `Secure` cookies there. */
  origin: string;
  /** The bearer token for API calls. */
  adminToken: string;
  /** For data that no call creates. */
  database: D1Database;
  stop: () => Promise<void>;
}

/** Starts the Worker with an empty database. With `email`, it can send email and shows the pages that need it. */
export async function startServer({ email = false } = {}): Promise<Server> {
  const { bindings, ...config } = readBindings();
  const secrets = { ADMIN_TOKEN: randomKey(), TOKEN_KEYS: randomKey(), VAULT_KEY: randomKey() };
  const mail = { MAIL_FROM: "portal@example.com", PORTAL_ORIGIN: "https://go.example.com" };
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      ...config,
      name: "worker",
      modules: bundleWorker(),
      queueConsumers: readPromptQueues(),
      bindings: { ...bindings, ...secrets, ...(email && mail) },
      ...(email && { email: { send_email: [{ name: "EMAIL" }] } }),
      // No network requests: the visitor's location comes from Miniflare's placeholder.
      cf: false,
    }),
  );
  const { port } = await miniflare.ready;
  const database = await miniflare.getD1Database("DB");
  await migrate(database);
  return {
    origin: `http://localhost:${port}`,
    adminToken: secrets.ADMIN_TOKEN,
    database,
    stop: () => miniflare.dispose(),
  };
}

/** 32 random bytes in base64url, the format of TOKEN_KEYS and VAULT_KEY. */
function randomKey(): string {
  return Buffer.from(randomBytes(KEY_BYTES)).toString("base64url");
}
