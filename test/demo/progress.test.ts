import { expect, test } from "vitest";
import { openProgress } from "./progress.ts";

function collect(options: { isTTY: boolean; columns?: number }) {
  const written: string[] = [];
  const progress = openProgress({ ...options, write: (text) => written.push(text) });
  progress.show("Starting the server");
  progress.show("Sending clicks", { done: 0, total: 1_974 });
  progress.show("Sending clicks", { done: 1_240, total: 1_974 });
  progress.end();
  return written.join("");
}

test("on a terminal one line is updated and erased at the end", () => {
  expect(collect({ isTTY: true }).split("\r\x1b[2K")).toEqual([
    "",
    "Starting the server …",
    "Sending clicks: 0 of 1,974 …",
    "Sending clicks: 1,240 of 1,974 …",
    "",
  ]);
});

test("on a narrow terminal the line is cut, so that it stays one line", () => {
  expect(collect({ isTTY: true, columns: 14 }).split("\r\x1b[2K")).toContain("Sending clicks");
});

test("without a terminal each stage has a line", () => {
  expect(collect({ isTTY: false })).toBe("Starting the server …\nSending clicks …\n");
});
