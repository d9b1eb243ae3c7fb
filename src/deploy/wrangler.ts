/** Runs Wrangler, Cloudflare's command line, as a process. */
import { spawn } from "node:child_process";

/** How a call of Wrangler ended. */
export interface Finished {
  ok: boolean;
  stdout: string;
  /** Everything it printed, as far as it wasn't to the terminal directly. */
  output: string;
  /** Whether a person has seen it. */
  is_shown: boolean;
}

export interface RunOptions {
  /** Whether it prints to the terminal, and may ask questions there. */
  shows?: "nothing" | "output" | "questions";
  /** Environment variables for this call. */
  env?: Readonly<Record<string, string>>;
}

/** Runs one command of Wrangler, such as `["d1", "list", "--json"]`. */
export type RunWrangler = (args: readonly string[], options?: RunOptions) => Promise<Finished>;

/** Wrangler as a program with its first arguments, in a folder. */
export function openWrangler(program: readonly string[], cwd: string): RunWrangler {
  const [command = "", ...first] = program;
  return (args, { shows = "nothing", env = {} } = {}) =>
    new Promise((resolve, reject) => {
      const stdin = shows === "questions" ? "inherit" : "ignore";
      const out = shows === "questions" ? "inherit" : "pipe";
      const child = spawn(command, [...first, ...args], {
        cwd,
        // What Wrangler prints is read, so a quieter log level of the shell must not apply.
        env: { ...process.env, WRANGLER_LOG: "log", WRANGLER_SEND_METRICS: "false", ...env },
        stdio: [stdin, out, out],
      });
      let stdout = "";
      let output = "";
      child.stdout?.setEncoding("utf8").on("data", (text: string) => {
        stdout += text;
        output += text;
        if (shows !== "nothing") process.stdout.write(text);
      });
      child.stderr?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        if (shows !== "nothing") process.stderr.write(text);
      });
      child.on("error", reject);
      child.on("close", (code) => resolve({ ok: code === 0, stdout, output, is_shown: shows !== "nothing" }));
    });
}

/** The JSON that a command printed, without warnings before it. Throws if there is none. */
export function readJsonOutput(stdout: string): unknown {
  const start = stdout.search(/^[[{]/m);
  if (start === -1) throw new Error(`Wrangler printed no JSON: ${stdout.slice(0, 200)}`);
  return JSON.parse(stdout.slice(start));
}
