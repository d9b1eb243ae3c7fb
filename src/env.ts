import type { CustomerRpc } from "./customers/customer-rpc.ts";
import type { AccountRpc } from "./payouts/account-rpc.ts";
import type { Click } from "./redirect/click.ts";

/** The bindings of wrangler.toml and the secrets of `.dev.vars.example`. */
export interface Env {
  DB: D1Database;
  CLICKS: Queue<Click[]>;
  /** The dead-letter queue: clicks that can't be stored. */
  DEAD_CLICKS: Queue<unknown[]>;
  /** Archive of clicks past their retention; without it they are deleted. */
  ARCHIVE?: R2Bucket;
  CUSTOMERS: DurableObjectNamespace<CustomerRpc>;
  ACCOUNTS: DurableObjectNamespace<AccountRpc>;
  /** Limits of deliveries per endpoint, and of logged refusals; without them there is no limit. */
  WEBHOOK_LIMIT?: RateLimit;
  REFUSAL_LIMIT?: RateLimit;
  /** Limit of sign-in links per network; without it only the limit per affiliate applies. */
  SIGN_IN_LIMIT?: RateLimit;
  /** Sends emails, unless MAIL_API_KEY is set. Without either, or without MAIL_FROM, merchants share sign-in links themselves. */
  EMAIL?: SendEmail;
  ADMIN_TOKEN: string;
  TOKEN_KEYS: string;
  VAULT_KEY: string;
  CLICK_SINK?: string;
  CLICK_RETENTION_DAYS?: string;
  PAYOUT_DETAILS_WAIT_DAYS?: string;
  MAIL_FROM?: string;
  MAIL_API_URL?: string;
  MAIL_API_KEY?: string;
  PORTAL_ORIGIN?: string;
  ALERT_EMAIL?: string;
  ALERT_WEBHOOK_URL?: string;
  ACCESS_TEAM?: string;
  ACCESS_AUDIENCE?: string;
}

/** The settings, parsed. */
export interface Settings {
  /** The first key of the API. */
  admin_token: string;
  /** Keys for click tokens, newest first. */
  token_keys: Uint8Array<ArrayBuffer>[];
  /** Seals webhook secrets and payment details, and keys the hashes of email addresses. */
  vault_key: Uint8Array<ArrayBuffer>;
  /** Where packed clicks are sent first; the other one is the fallback. */
  click_sink: (typeof CLICK_SINKS)[number];
  /** Retention of the click log; counts are kept forever. */
  click_retention_days: number;
  /** For how many days approved payouts don't use payment details that an affiliate has changed. */
  payout_details_wait_days: number;
}

/** Settings for email; null if not set. */
export interface MailSettings {
  /** The sender address. */
  mail_from: string | null;
  /** The portal's origin, such as `https://go.example.com`, for links in emails. */
  portal_origin: string | null;
  /** The HTTP API that sends emails instead of the binding. */
  api: { url: string; key: string } | null;
  /** The error of an invalid setting, with how to fix it; null if there is none. */
  fault: string | null;
}

/** Where alerts about the deployment are sent; null if not set. */
export interface AlertSettings {
  /** An address. */
  email: { to: string } | null;
  /** It takes a JSON POST. */
  webhook_url: string | null;
  /** The errors of invalid settings, with how to fix them. */
  faults: readonly string[];
}

/** Cloudflare Access in front of the console. */
export interface AccessSettings {
  /** The team's domain, such as `acme.cloudflareaccess.com`, and the application's audience tag; null if not set. */
  access: { team: string; audience: string } | null;
  /** The error of an invalid setting, with how to fix it; null if there is none. */
  fault: string | null;
}

const CLICK_SINKS = ["queue", "d1"] as const;
const RETENTION_DAYS_DEFAULT = 90;
/** Longer than a queue keeps a message, so that none is redelivered after its clicks are deleted. */
const RETENTION_DAYS_MIN = 15;
const RETENTION_DAYS_MAX = 3_650;
const WAIT_DAYS_DEFAULT = 3;
const WAIT_DAYS_MAX = 30;

/** A setting is missing or invalid. The message says which one and how to fix it. */
export class SettingError extends Error {
  override readonly name = "SettingError";
}

const KEY_BYTES = 32;
const ADDRESS = /^[^\s@<>]+@[^\s@<>]+$/;
const ACCESS_TEAM = /^[a-z0-9-]+\.cloudflareaccess\.com$/;
const ACCESS_AUDIENCE = /^[0-9a-f]{64}$/;
const ADMIN_TOKEN_MIN_CHARACTERS = 20;

const parsed = new WeakMap<object, Settings>();

/** Parses the settings, once per isolate. Throws {@link SettingError}. */
export function readSettings(env: Env): Settings {
  const known = parsed.get(env);
  if (known !== undefined) return known;
  const settings: Settings = {
    admin_token: readAdminToken(env.ADMIN_TOKEN),
    token_keys: (env.TOKEN_KEYS ?? "").split(",").map((key) => readKey("TOKEN_KEYS", key)),
    vault_key: readKey("VAULT_KEY", env.VAULT_KEY),
    click_sink: readClickSink(env.CLICK_SINK),
    click_retention_days: readRetentionDays(env.CLICK_RETENTION_DAYS),
    payout_details_wait_days: readWaitDays(env.PAYOUT_DETAILS_WAIT_DAYS),
  };
  parsed.set(env, settings);
  return settings;
}

const parsedForMail = new WeakMap<object, MailSettings>();

/**
 * Parses the email settings, once per isolate. Never throws, so that redirects and pages work without email. If a setting is
 * invalid, no emails are sent, and `/healthz` has the error.
 */
export function readMailSettings(env: Env): MailSettings {
  const known = parsedForMail.get(env);
  if (known !== undefined) return known;
  const settings = parseMailSettings(env);
  parsedForMail.set(env, settings);
  return settings;
}

function parseMailSettings(env: Env): MailSettings {
  try {
    const mail_from = readMailFrom(env.MAIL_FROM);
    const [portal_origin, api] = [readPortalOrigin(env.PORTAL_ORIGIN), readMailApi(env)];
    return { mail_from, portal_origin, api, fault: null };
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    return { mail_from: null, portal_origin: null, api: null, fault: error.message };
  }
}

/** Parses the alert settings. Never throws. An invalid one is left out, and `/healthz` and the status have its error. */
export function readAlertSettings(env: Env): AlertSettings {
  const faults: string[] = [];
  const orFault = <T>(read: () => T): T | null => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof SettingError)) throw error;
      faults.push(error.message);
      return null;
    }
  };
  return { email: orFault(() => readAlertEmail(env)), webhook_url: orFault(() => readWebhookUrl(env)), faults };
}

/** Parses the settings of Cloudflare Access. Never throws. With an invalid one, nobody is signed in by Access. */
export function readAccessSettings(env: Env): AccessSettings {
  const { ACCESS_TEAM: team = "", ACCESS_AUDIENCE: audience = "" } = env;
  if (team === "" && audience === "") return { access: null, fault: null };
  if (ACCESS_TEAM.test(team) && ACCESS_AUDIENCE.test(audience)) return { access: { team, audience }, fault: null };
  const fault =
    "ACCESS_TEAM must be your team's domain, such as acme.cloudflareaccess.com, and ACCESS_AUDIENCE the application's audience tag";
  return { access: null, fault };
}

/** The errors of all invalid settings. */
export function listSettingFaults(env: Env): string[] {
  const faults: string[] = [];
  try {
    readSettings(env);
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    faults.push(error.message);
  }
  const others = [readMailSettings(env).fault, readAccessSettings(env).fault].filter((fault) => fault !== null);
  return [...faults, ...others, ...readAlertSettings(env).faults];
}

function readAlertEmail(env: Env): AlertSettings["email"] {
  if (!env.ALERT_EMAIL) return null;
  if (!ADDRESS.test(env.ALERT_EMAIL)) throw new SettingError("ALERT_EMAIL must be a plain email address");
  const { mail_from: from, api, fault } = readMailSettings(env);
  if (fault !== null) return null; // the fault is named already
  if (from === null || (env.EMAIL === undefined && api === null)) {
    throw new SettingError(
      "ALERT_EMAIL needs MAIL_FROM, and the binding EMAIL or MAIL_API_KEY; see src/docs/notifications.md",
    );
  }
  return { to: env.ALERT_EMAIL };
}

/** HTTPS only: the URL of a chat's webhook is a secret. */
function readWebhookUrl({ ALERT_WEBHOOK_URL: text }: Env): string | null {
  if (!text) return null;
  const url = URL.parse(text);
  if (url?.protocol === "https:" && url.username === "" && url.password === "") return url.href;
  throw new SettingError("ALERT_WEBHOOK_URL must be an https URL without a user name");
}

function readAdminToken(text: string | undefined): string {
  if (text !== undefined && text.length >= ADMIN_TOKEN_MIN_CHARACTERS) return text;
  throw new SettingError(
    `ADMIN_TOKEN must have at least ${ADMIN_TOKEN_MIN_CHARACTERS} characters; see .dev.vars.example`,
  );
}

function readClickSink(text: string | undefined): Settings["click_sink"] {
  const sink = CLICK_SINKS.find((name) => name === (text || CLICK_SINKS[0]));
  if (sink !== undefined) return sink;
  throw new SettingError(`CLICK_SINK must be one of ${CLICK_SINKS.join(", ")}`);
}

function readRetentionDays(text: string | undefined): number {
  const days = text ? Number(text) : RETENTION_DAYS_DEFAULT;
  if (Number.isInteger(days) && days >= RETENTION_DAYS_MIN && days <= RETENTION_DAYS_MAX) return days;
  throw new SettingError(
    `CLICK_RETENTION_DAYS must be a whole number from ${RETENTION_DAYS_MIN} to ${RETENTION_DAYS_MAX}`,
  );
}

function readWaitDays(text: string | undefined): number {
  const days = text ? Number(text) : WAIT_DAYS_DEFAULT;
  if (Number.isInteger(days) && days >= 0 && days <= WAIT_DAYS_MAX) return days;
  throw new SettingError(`PAYOUT_DETAILS_WAIT_DAYS must be a whole number from 0 to ${WAIT_DAYS_MAX}`);
}

function readMailFrom(text: string | undefined): string | null {
  if (!text) return null;
  if (ADDRESS.test(text)) return text;
  throw new SettingError("MAIL_FROM must be a plain email address of a domain that is onboarded for Email Sending");
}

/** What Resend takes at this URL, other services and gateways take too. */
const MAIL_API_URL_DEFAULT = "https://api.resend.com/emails";

function readMailApi({ MAIL_API_URL, MAIL_API_KEY: key }: Env): MailSettings["api"] {
  if (!key) {
    if (MAIL_API_URL) throw new SettingError("MAIL_API_URL needs the secret MAIL_API_KEY");
    return null;
  }
  const url = URL.parse(MAIL_API_URL || MAIL_API_URL_DEFAULT);
  if (url !== null && isSafe(url) && url.username === "") return { url: url.href, key };
  throw new SettingError("MAIL_API_URL must be an https URL, such as https://api.resend.com/emails");
}

/** HTTPS, or this machine. */
function isSafe({ protocol, hostname }: URL): boolean {
  return protocol === "https:" || (protocol === "http:" && hostname === "localhost");
}

/** HTTPS only: email providers require it for unsubscribe links. */
function readPortalOrigin(text: string | undefined): string | null {
  if (!text) return null;
  const url = URL.parse(text);
  if (url !== null && isSafe(url) && url.href === `${url.origin}/`) return url.origin;
  throw new SettingError("PORTAL_ORIGIN must be an origin such as https://go.example.com, without a path");
}

function readKey(name: string, text: string | undefined): Uint8Array<ArrayBuffer> {
  try {
    const key = Uint8Array.fromBase64((text ?? "").trim(), { alphabet: "base64url" });
    if (key.length === KEY_BYTES) return key;
  } catch {
    // The error below applies.
  }
  throw new SettingError(`${name} must be ${KEY_BYTES} bytes in base64url; see .dev.vars.example`);
}
