/** The Worker's secrets, as a deployment handles them. `.dev.vars.example` says what each one is. */

export const SECRET_NAMES = ["ADMIN_TOKEN", "TOKEN_KEYS", "VAULT_KEY"] as const;

export type SecretName = (typeof SECRET_NAMES)[number];

/** Secrets that are known on this machine. */
export type KnownSecrets = Partial<Record<SecretName, string>>;

/** Bytes of a key, as `src/env.ts` requires. */
export const SECRET_BYTES = 32;

const ADMIN_TOKEN_MIN_CHARACTERS = 20;

/** The secrets in variables, without those that are empty. */
export function pickSecrets(variables: Readonly<Record<string, string | undefined>>): KnownSecrets {
  return Object.fromEntries(
    SECRET_NAMES.flatMap((name) => {
      const value = variables[name]?.trim();
      return value ? [[name, value]] : [];
    }),
  );
}

/** What is wrong with known secrets, one sentence each, by the rules of `src/env.ts`. No value is in it. */
export function findSecretFaults(secrets: KnownSecrets): string[] {
  const { ADMIN_TOKEN, TOKEN_KEYS, VAULT_KEY } = secrets;
  const faults: string[] = [];
  if (ADMIN_TOKEN !== undefined && ADMIN_TOKEN.length < ADMIN_TOKEN_MIN_CHARACTERS) {
    faults.push(`ADMIN_TOKEN must have at least ${ADMIN_TOKEN_MIN_CHARACTERS} characters.`);
  }
  if (TOKEN_KEYS !== undefined && !TOKEN_KEYS.split(",").every((key) => isKey(key.trim()))) {
    faults.push(`TOKEN_KEYS must be ${SECRET_BYTES} bytes in base64url, or several such keys, separated by commas.`);
  }
  if (VAULT_KEY !== undefined && !isKey(VAULT_KEY)) {
    faults.push(`VAULT_KEY must be ${SECRET_BYTES} bytes in base64url.`);
  }
  return faults;
}

function isKey(text: string): boolean {
  return /^[\w-]+=*$/.test(text) && Buffer.from(text, "base64url").length === SECRET_BYTES;
}

/** The text of `.lastclick.secrets`. */
export function writeSecrets(secrets: KnownSecrets): string {
  return [
    "# Lastclick's secrets. Keep them in a password manager, then delete this file.",
    "# Without VAULT_KEY, payment details and webhook secrets can't be read, not even from a backup.",
    ...Object.entries(secrets).map(([name, value]) => `${name}=${quote(value)}`),
    "",
  ].join("\n");
}

const PLAIN = /^[\w.~+/=,-]+$/;
const QUOTES = ["'", "`", '"'];

/** Without quotes, a reader of the file would cut a value at a `#` and take quotes of its own for these. */
function quote(value: string): string {
  const mark = PLAIN.test(value) ? "" : (QUOTES.find((one) => !value.includes(one)) ?? "");
  return `${mark}${value}${mark}`;
}
