/** Runs the commands of a page as a reader does: in order, in one bash, with a `curl` that also writes down each answer's status. */
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { ShellBlock } from "./shell-blocks.ts";

/** What a block did. */
export interface BlockResult extends ShellBlock {
  exit_code: number;
  /** What it wrote to standard output. */
  output: string;
  /** What it wrote to standard error. */
  errors: string;
  /** The statuses of the answers it got, in no particular order. */
  statuses: number[];
  /** Calls to other services, which are not sent: the arguments of each `curl`. */
  outside: string[];
}

export interface ShellOptions {
  /** Where the commands run. */
  cwd: string;
  /** A folder for this run. */
  scratch: string;
  /** Shell code that runs first: the state that an earlier page left behind. */
  state?: string;
}

/** Keeps the answer's status, and keeps the tests on this machine. */
const CURL = `#!/bin/bash
for argument in "$@"; do
  case "$argument" in https://*) printf '%s\\n' "$*" >> "$BLOCK/outside"; echo '{}'; exit 0 ;; esac
done
exec "$REAL_CURL" -D "$BLOCK/headers.$BASHPID" "$@"
`;

/** Where a shell's variables and functions are kept for the next page. */
const STATE = "state.sh";
const REMEMBER = `KNOWN=$(compgen -v)`;
const keepState = (file: string) => `
for NAME in $(comm -13 <(sort <<<"$KNOWN") <(compgen -v | sort)); do
  case "$NAME" in BASH*|BLOCK|KNOWN|NAME|PIPESTATUS|_) ;; *) declare -p "$NAME" ;; esac
done >'${file}'
declare -f >>'${file}'`;

/** Runs the blocks in one bash that stops at the first command that fails. Returns the results of the blocks that were begun. */
export async function runBlocks(blocks: readonly ShellBlock[], options: ShellOptions): Promise<BlockResult[]> {
  const { cwd, scratch, state = "" } = options;
  const folderOf = (index: number) => join(scratch, String(index));
  blocks.forEach((_, index) => {
    mkdirSync(folderOf(index), { recursive: true });
  });
  const bin = join(scratch, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "curl"), CURL);
  chmodSync(join(bin, "curl"), 0o755);
  const steps = blocks.map(({ code }, index) =>
    [
      `export BLOCK='${folderOf(index)}'`,
      `exec >"$BLOCK/output" 2>"$BLOCK/errors"`,
      `trap 'echo $? >"$BLOCK/exit_code"' EXIT`,
      code,
      `echo 0 >"$BLOCK/exit_code"`,
    ].join("\n"),
  );
  const script = [REMEMBER, "set -eo pipefail", state, ...steps, keepState(join(scratch, STATE))].join("\n");
  writeFileSync(join(scratch, "script.sh"), script);
  const path = [bin, process.env.PATH ?? ""].join(delimiter);
  const child = spawn("bash", [join(scratch, "script.sh")], {
    cwd,
    stdio: "ignore",
    env: { ...process.env, PATH: path, REAL_CURL: findCurl() },
  });
  await new Promise((done, fail) => child.once("close", done).once("error", fail));
  return blocks.flatMap((block, index) => {
    const folder = folderOf(index);
    const read = (name: string) => {
      const file = join(folder, name);
      return existsSync(file) ? readFileSync(file, "utf8") : "";
    };
    if (!existsSync(join(folder, "output"))) return [];
    return {
      ...block,
      exit_code: Number(read("exit_code")),
      output: read("output"),
      errors: read("errors"),
      statuses: readdirSync(folder)
        .filter((name) => name.startsWith("headers."))
        .flatMap((name) => [...read(name).matchAll(/^HTTP\/\S+ (\d+)/gm)].map(([, status]) => Number(status))),
      outside: read("outside").split("\n").filter(Boolean),
    };
  });
}

/** The shell code that restores what a run left behind. */
export function readState(scratch: string): string {
  return readFileSync(join(scratch, STATE), "utf8");
}

function findCurl(): string {
  const found = (process.env.PATH ?? "").split(delimiter).find((folder) => existsSync(join(folder, "curl")));
  if (found === undefined) throw new Error("curl is not installed");
  return join(found, "curl");
}
