/** The ids of conversions, also those that earlier releases made and those of erased customers. */
import { expect, test } from "vitest";
import { findConversionOf, type KnownIds, makeConversionId } from "../../src/customers/conversion-id-resolver.ts";
import { anonymizeFacts } from "../../src/customers/erasure/anonymize.ts";
import { fact } from "../support/given.ts";

const sold = { ...fact("sale", 1, { payment: "p1" }), conversion_id: "cv_of_an_earlier_release" };
const refunded = fact("refund", 2, { payment: "p1", refund: "r1" });
const nothing: KnownIds = { names: ["1:id:cus"], has: () => false, find: () => null };

test("a payment has the same id in every object of its program", async () => {
  const one = await makeConversionId(refunded.id, refunded.event, nothing);
  const other = await makeConversionId("ep:other", sold.event, { ...nothing, names: ["1:id:another"] });
  expect(one).toMatch(/^cv_[0-9a-f]{32}$/);
  expect(other).toBe(one);
  const elsewhere = await makeConversionId(sold.id, { ...sold.event, program_id: 2 }, nothing);
  expect(elsewhere).not.toBe(one);
});

test("an id that depended on the object's key is kept, also once the key is erased", async () => {
  const asked: string[] = [];
  await makeConversionId(refunded.id, refunded.event, { ...nothing, has: (id) => asked.push(id) === 0 });
  const [older = ""] = asked;
  const known = { ...nothing, has: (id: string) => id === older };
  expect(await makeConversionId(refunded.id, refunded.event, known)).toBe(older);
  const anonymous = anonymizeFacts([sold], ["erased:a"]);
  const erased = { ...nothing, names: ["1:erased:r4nd0m"], find: (key: string) => findConversionOf(anonymous, key) };
  expect(await makeConversionId(refunded.id, refunded.event, erased)).toBe("cv_of_an_earlier_release");
  const other = fact("refund", 2, { payment: "p2", refund: "r1" });
  expect(await makeConversionId(other.id, other.event, erased)).not.toBe("cv_of_an_earlier_release");
});

test("an event without a conversion has no id", async () => {
  const canceled = fact("cancellation", 3);
  expect(await makeConversionId(canceled.id, canceled.event, nothing)).toBe(null);
});
