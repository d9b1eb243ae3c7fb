import { expect, test, vi } from "vitest";
import { ClickPacker, type ClickSink } from "../../src/clicks/click-producer.ts";
import { readSubIds } from "../../src/links/sub-ids.ts";
import { makeClick } from "../support/make-click.ts";

function sinkThat(behaviour: { first?: () => Promise<unknown>; second?: () => Promise<unknown> }) {
  const sent: number[] = [];
  const inserted: number[] = [];
  const sink: ClickSink = {
    first: async (pack) => {
      await behaviour.first?.();
      sent.push(pack.length);
    },
    second: async (pack) => {
      await behaviour.second?.();
      inserted.push(pack.length);
    },
  };
  return { sink, sent, inserted };
}

async function logMany(packer: ClickPacker, sink: ClickSink, count: number) {
  await Promise.all(Array.from({ length: count }, (_, n) => packer.log(makeClick(n), sink)));
}

test("250 concurrent clicks are sent in three messages", async () => {
  const { sink, sent, inserted } = sinkThat({});
  await logMany(new ClickPacker(), sink, 250);
  expect(sent).toEqual([100, 100, 50]);
  expect(inserted).toEqual([]);
});

test("if the first destination fails, the pack goes to the second", async () => {
  const { sink, inserted } = sinkThat({ first: () => Promise.reject(new Error("queue is down")) });
  await logMany(new ClickPacker(), sink, 120);
  expect(inserted).toEqual([100, 20]);
});

test("if the first destination hangs, the pack goes to the second", async () => {
  const { sink, inserted } = sinkThat({ first: () => new Promise(() => {}) });
  await logMany(new ClickPacker(), sink, 5);
  expect(inserted).toEqual([5]);
});

test("while both destinations fail, clicks wait for the next request and none is lost", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  let isDown = true;
  const fail = async () => {
    if (isDown) throw new Error("down");
  };
  const { sink, sent } = sinkThat({ first: fail, second: fail });
  const packer = new ClickPacker();
  await logMany(packer, sink, 30);
  isDown = false;
  await packer.log(makeClick(99), sink);
  expect(sent).toEqual([31]);
});

test("a message never exceeds the queue's limit, for any visitor input", async () => {
  const sizes: number[] = [];
  const sink: ClickSink = {
    first: async (pack) => sizes.push(new TextEncoder().encode(JSON.stringify(pack)).length),
    second: () => Promise.reject(new Error("not asked")),
  };
  const longest = readSubIds(
    new URLSearchParams([1, 2, 3, 4, 5].map((n) => [`sub${n}`, `\u0001${"語".repeat(300)}`] as [string, string])),
  );
  const packer = new ClickPacker();
  await Promise.all(
    Array.from({ length: 200 }, (_, n) =>
      packer.log(makeClick(n, { subs: longest, user_agent: '"'.repeat(256) }), sink),
    ),
  );
  expect(sizes.length).toBeGreaterThan(2);
  expect(Math.max(...sizes)).toBeLessThan(128_000);
});

test("a click that arrives at the same clock time after the others were sent is sent too", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: 0 });
  const { sink, sent } = sinkThat({});
  const packer = new ClickPacker();
  await packer.log(makeClick(1), sink);
  await packer.log(makeClick(2), sink);
  expect(sent).toEqual([1, 1]);
  vi.useRealTimers();
});

test("clicks of one window share a timer; the first click after the window gets its own, even if the last timer was lost", () => {
  vi.useFakeTimers({ now: 1_000 });
  const { sink } = sinkThat({});
  const packer = new ClickPacker();
  const isTimed = [1_000, 1_004, 1_005, 1_009, 1_010, 500].map((now, n) => {
    // Moves only the clock: no timer fires, as if its request had been canceled.
    vi.setSystemTime(now);
    return packer.log(makeClick(n), sink) !== null;
  });
  expect(isTimed).toEqual([true, false, true, false, true, true]);
  vi.useRealTimers();
});

test("if both destinations hang, the clicks are kept", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  let isDown = true;
  const { sink, sent } = sinkThat({
    first: async () => {
      if (isDown) throw new Error("down");
    },
    second: () => new Promise(() => {}),
  });
  const packer = new ClickPacker();
  await packer.log(makeClick(1), sink);
  isDown = false;
  await packer.log(makeClick(2), sink);
  expect(sent).toEqual([2]);
});
