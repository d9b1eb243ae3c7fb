/** The stream for progress: `process.stdout` or a test's copy. */
export interface ProgressOutput {
  isTTY?: boolean;
  columns?: number;
  write: (text: string) => unknown;
}

/** Shows the current stage and its progress. */
export interface Progress {
  /** Starts a stage, or updates the current one. */
  show: (stage: string, progress?: { done: number; total: number }) => void;
  /** Finishes the last stage and ends its line. */
  end: () => void;
}

const ERASE_LINE = "\r\x1b[2K";

/** Prints progress: on a terminal one line that is updated, else a line for each stage. */
export function openProgress(output: ProgressOutput): Progress {
  let current: string | null = null;
  return {
    show(stage, progress) {
      const counts = progress === undefined ? "" : `: ${formatCount(progress.done)} of ${formatCount(progress.total)}`;
      if (output.isTTY) output.write(`${ERASE_LINE}${`${stage}${counts} …`.slice(0, output.columns)}`);
      else if (stage !== current) output.write(`${stage} …\n`);
      current = stage;
    },
    end() {
      if (output.isTTY && current !== null) output.write(ERASE_LINE);
      current = null;
    },
  };
}

function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}
