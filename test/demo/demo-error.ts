/** A fault that the person at the terminal can mend: printed as it is, without a stack. */
export class DemoError extends Error {
  override readonly name = "DemoError";
}

/** Prints what went wrong and ends with exit code 1. */
export function failWith(error: unknown): never {
  console.error(error instanceof DemoError ? `\n${error.message}\n` : error);
  process.exit(1);
}
