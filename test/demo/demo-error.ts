/** A problem that the person at the terminal can fix. Its message says what to do and is printed without a stack. */
export class DemoError extends Error {
  override readonly name = "DemoError";
}

/** Prints the error and exits with code 1. */
export function failWith(error: unknown): never {
  console.error(error instanceof DemoError ? `\n${error.message}\n` : error);
  process.exit(1);
}
