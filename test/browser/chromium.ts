import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const USUAL_PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/opt/google/chrome/chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

const ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // A process for each site takes most of the time where cores are few.
  "--disable-site-isolation-trials",
  "--renderer-process-limit=1",
];

/** The path of a Chromium: CHROMIUM_PATH or a common location. Otherwise null, with a note that browser tests are skipped. */
export function findChromium(): string | null {
  const named = process.env.CHROMIUM_PATH;
  const places = named ? [named] : USUAL_PLACES;
  const found = places.find((path) => existsSync(path)) ?? null;
  if (found === null) {
    console.warn("test/browser is skipped: no Chromium or Chrome was found here. Name one by CHROMIUM_PATH.");
  }
  return found;
}

let launched: Promise<Browser> | undefined;

/** This process's Chromium, launched once and closed at exit. Each test file opens and closes its own contexts. */
export function launchChromium(executablePath: string): Promise<Browser> {
  launched ??= chromium.launch({ executablePath, args: ARGUMENTS });
  return launched;
}

/** Closes all contexts. The test files of a process run one after another. */
export async function closePages(): Promise<void> {
  const browser = await launched;
  await Promise.all(browser?.contexts().map((context) => context.close()) ?? []);
}
