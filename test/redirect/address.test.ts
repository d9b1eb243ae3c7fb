import { expect, test } from "vitest";
import { readAddress } from "../../src/redirect/address.ts";

test.each([
  ["https://go.example/summer", "go.example", "go.example", "/summer", ""],
  ["http://GO.example:8787/Summer/?sub1=a#top", "go.example:8787", "go.example", "/Summer/", "?sub1=a"],
  ["https://go.example:443/a/../b?", "go.example", "go.example", "/b", ""],
  [`https://go.example/${"s".repeat(300)}`, "go.example", "go.example", `/${"s".repeat(300)}`, ""],
])("%s is parsed according to the URL standard, and parses the same again", (url, host, hostname, path, search) => {
  expect(readAddress(url)).toEqual({ host, hostname, path, search });
  expect(readAddress(url)).toEqual({ host, hostname, path, search });
});
