import { expect, test, vi } from "vitest";
import { ClickPacker, type ClickSink } from "../../src/clicks/pack-clicks.ts";
import { readSubIds } from "../../src/redirect/sub-ids.ts";
import { makeClick } from "../support/make-click.ts";

function sinkThat(behaviour: { send?: () => Promise<unknown>; insert?: () => Promise<unknown> }) {
  const sent: number[] = [];
  const inserted: number[] = [];
  const sink: ClickSink = {
    send: async (pack) => {
      await behaviour.send?.();
      sent.push(pack.length);
    },
    insert: async (pack) => {
      await behaviour.insert?.();
      inserted.push(pack.length);
    },
  };
  return { sink, sent, inserted };
}

async function logMany(packer: ClickPacker, sink: ClickSink, count: number) {
  await Promise.all(Array.from({ length: count }, (_, n) => packer.log(makeClick(n), sink)));
}

test("250 clicks at once are three messages", async () => {
  const { sink, sent, inserted } = sinkThat({});
  await logMany(new ClickPacker(), sink, 250);
  expect(sent).toEqual([100, 100, 50]);
  expect(inserted).toEqual([]);
});

test("a send that fails goes straight into D1", async () => {
  const { sink, inserted } = sinkThat({ send: () => Promise.reject(new Error("queue is down")) });
  await logMany(new ClickPacker(), sink, 120);
  expect(inserted).toEqual([100, 20]);
});

test("a send that hangs is given up for D1", async () => {
  const { sink, inserted } = sinkThat({ send: () => new Promise(() => {}) });
  await logMany(new ClickPacker(), sink, 5);
  expect(inserted).toEqual([5]);
});

test("while neither takes them, clicks wait for the next request and none is lost", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  let isDown = true;
  const fail = async () => {
    if (isDown) throw new Error("down");
  };
  const { sink, sent } = sinkThat({ send: fail, insert: fail });
  const packer = new ClickPacker();
  await logMany(packer, sink, 30);
  isDown = false;
  await packer.log(makeClick(99), sink);
  expect(sent).toEqual([31]);
});

test("a message never holds more than the queue takes, whatever visitors send", async () => {
  const sizes: number[] = [];
  const sink: ClickSink = {
    send: async (pack) => sizes.push(new TextEncoder().encode(JSON.stringify(pack)).length),
    insert: () => Promise.reject(new Error("not asked")),
  };
  const longest = readSubIds(
    new URLSearchParams([1, 2, 3, 4, 5].map((n) => [`sub${n}`, `\u0001${"語".repeat(300)}`] as [string, string])),
  );
  const packer = new ClickPacker();
  await Promise.all(Array.from({ length: 200 }, (_, n) => packer.log(makeClick(n, { subs: longest }), sink)));
  expect(sizes.length).toBeGreaterThan(2);
  expect(Math.max(...sizes)).toBeLessThan(128_000);
});

test("a click that comes while the clock stands still, after the others have gone, is sent too", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: 0 });
  const { sink, sent } = sinkThat({});
  const packer = new ClickPacker();
  await packer.log(makeClick(1), sink);
  await packer.log(makeClick(2), sink);
  expect(sent).toEqual([1, 1]);
  vi.useRealTimers();
});

test("an insert that hangs as well gives the clicks back", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  let isDown = true;
  const { sink, sent } = sinkThat({
    send: async () => {
      if (isDown) throw new Error("down");
    },
    insert: () => new Promise(() => {}),
  });
  const packer = new ClickPacker();
  await packer.log(makeClick(1), sink);
  isDown = false;
  await packer.log(makeClick(2), sink);
  expect(sent).toEqual([2]);
});
