/** How a deployment talks to a person. */
import { createInterface } from "node:readline/promises";

export interface Terminal {
  /** Whether a person can answer, and nobody else reads along. */
  readonly is_interactive: boolean;
  say(line: string): void;
  /** Asks a question. Only if {@link is_interactive}. */
  ask(question: string): Promise<string>;
}

/** The terminal of this process. In CI, and where input or output is no terminal, nobody is asked. */
export function openTerminal(): Terminal {
  const is_interactive = !process.env.CI && process.stdin.isTTY === true && process.stdout.isTTY === true;
  return {
    is_interactive,
    say: (line) => console.log(line),
    async ask(question) {
      const lines = createInterface({ input: process.stdin, output: process.stdout });
      try {
        return (await lines.question(`${question} `)).trim();
      } finally {
        lines.close();
      }
    },
  };
}
