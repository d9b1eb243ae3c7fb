/** One ```sh block of a page. */
export interface ShellBlock {
  /** The line of its opening fence. */
  line: number;
  code: string;
}

/** The commands that a page asks its reader to run. Blocks in other languages, such as `text`, are not run as they are. */
export function readShellBlocks(markdown: string): ShellBlock[] {
  return [...markdown.matchAll(/^( *)```sh\n([\s\S]*?)^\1```$/gm)].map(({ 1: indent = "", 2: code = "", index }) => ({
    line: markdown.slice(0, index).split("\n").length,
    code: code.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  }));
}
