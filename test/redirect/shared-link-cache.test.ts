// For `caches`.
import "cloudflare:workers";
import { expect, test } from "vitest";
import type { LinkTarget } from "../../src/redirect/link-cache.ts";
import { forgetSharedLink, loadSharedLink } from "../../src/redirect/shared-link-cache.ts";

const HOST = "go.example:8787";
const linkTo = (destination: string) => ({ link_id: 1, destination }) as LinkTarget;

/** One isolate after the other asks for a link; each says what storage does for it. */
async function ask(slug: string, now: number, load: () => Promise<LinkTarget | null>, edits = () => 0) {
  const behind: Promise<unknown>[] = [];
  const { link } = await loadSharedLink(HOST, slug, { now, load, edits, waitUntil: (work) => void behind.push(work) });
  await Promise.all(behind);
  return link?.destination ?? null;
}
const stores = (destination: string) => async () => linkTo(destination);
const isAway = () => Promise.reject(new Error("D1 is away"));

test("a link is asked for once in ten seconds, whoever asks", async () => {
  expect(await ask("once", 0, stores("old"))).toBe("old");
  expect(await ask("once", 9_999, stores("new"))).toBe("old");
  expect(await ask("once", 10_000, stores("new"))).toBe("new");
});

test("while storage fails, an isolate that never saw the link has what is remembered", async () => {
  await ask("away", 0, stores("known"));
  expect(await ask("away", 3_600_000, isAway)).toBe("known");
  await expect(ask("never-seen", 0, isAway)).rejects.toThrow("D1 is away");
});

test("a link that does not exist is not remembered: it may be made at any moment", async () => {
  expect(await ask("made-later", 0, async () => null)).toBeNull();
  expect(await ask("made-later", 1, stores("made"))).toBe("made");
});

test("what an edit has overtaken is not remembered", async () => {
  let edits = 0;
  const overtaken = async () => {
    edits += 1;
    return linkTo("enabled");
  };
  await ask("edited", 0, overtaken, () => edits);
  expect(await ask("edited", 1, stores("disabled"))).toBe("disabled");
});

test("what is forgotten is loaded again", async () => {
  await ask("forgotten", 0, stores("old"));
  await forgetSharedLink(HOST, "forgotten");
  expect(await ask("forgotten", 1, stores("new"))).toBe("new");
});
