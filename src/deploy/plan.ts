/** Decides the steps of a deployment from what exists. */
import { findSecretFaults, type KnownSecrets, SECRET_NAMES, type SecretName } from "./secrets.ts";

/** What exists before a deployment. */
export interface Found {
  /** Whether the D1 database exists. */
  has_database: boolean;
  /** The queues of the configuration that don't exist. */
  missing_queues: readonly string[];
  /** The buckets that the configuration binds. */
  buckets: readonly string[];
  /** The names of the Worker's secrets; null if there is no Worker. */
  worker_secrets: readonly string[] | null;
  /** The secrets of `.lastclick.secrets` and the environment. */
  known_secrets: KnownSecrets;
  /** Nobody can answer questions, and the output may be public. */
  is_ci: boolean;
}

/** A step of a deployment. All of them can be repeated. */
export type Step =
  | { does: "create_secrets"; names: SecretName[] }
  | { does: "create_database" }
  | { does: "create_queue"; name: string }
  | { does: "ensure_bucket"; name: string }
  | { does: "migrate" }
  /** `secrets` are uploaded with the Worker, so that it never runs without them. */
  | { does: "deploy"; secrets: SecretName[] }
  | { does: "check_health" }
  | { does: "sign_in" };

/** A reason not to start, in words, with what to do. */
export interface Refusal {
  problem: string;
  fix: string;
}

/**
 * The steps, in order. Secrets come first: they are saved before anything is created, so that a deployment that was interrupted
 * goes on with the same ones. Migrations come before the Worker that needs them. A secret that the Worker has is never replaced.
 */
export function planDeployment(found: Found): { steps: Step[] } | { refusal: Refusal } {
  const missing = SECRET_NAMES.filter((name) => !found.worker_secrets?.includes(name));
  const unknown = missing.filter((name) => found.known_secrets[name] === undefined);
  const refusal = refuseSecrets(found, missing, unknown);
  if (refusal !== null) return { refusal };
  return {
    steps: [
      ...(unknown.length > 0 ? [{ does: "create_secrets", names: unknown } as const] : []),
      ...(found.has_database ? [] : [{ does: "create_database" } as const]),
      ...found.missing_queues.map((name) => ({ does: "create_queue", name }) as const),
      ...found.buckets.map((name) => ({ does: "ensure_bucket", name }) as const),
      { does: "migrate" },
      { does: "deploy", secrets: missing },
      { does: "check_health" },
      { does: "sign_in" },
    ],
  };
}

function refuseSecrets(found: Found, missing: readonly SecretName[], unknown: readonly SecretName[]): Refusal | null {
  if (missing.length === 0) return null;
  const faults = findSecretFaults(Object.fromEntries(missing.map((name) => [name, found.known_secrets[name]])));
  if (faults.length > 0) {
    return {
      problem: faults.join(" "),
      fix: "Correct it in .lastclick.secrets or in the environment; .dev.vars.example explains it.",
    };
  }
  if (unknown.length === 0) return null;
  if (found.is_ci) {
    return {
      problem: `The Worker has no ${unknown.join(", ")}, and secrets aren't created here, because nobody could keep them.`,
      fix: "Run `npm run deploy` once on your own computer, or set them as secret variables of this build; .dev.vars.example explains each.",
    };
  }
  if (!found.has_database) return null;
  return {
    problem: `The database exists, but its Worker has no ${unknown.join(", ")}. New ones couldn't read what the old ones encrypted.`,
    fix: "Put the secrets that you kept into .lastclick.secrets, one NAME=value a line. If the database holds nothing yet, delete it with `npx wrangler d1 delete` instead.",
  };
}
