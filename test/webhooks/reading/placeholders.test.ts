import { expect, test } from "vitest";
import { isNoId, isPlaceholder } from "../../../src/webhooks/reading/placeholders.ts";

test.each([
  ...[
    "{order_id}",
    "{{order.id}}",
    "{{ order.id }}",
    "$" + "{order.id}",
    "[ORDER_ID]",
    "[ORDER ID]",
    "<order_id>",
    "%order_id%",
  ],
  ...["%%ORDER_ID%%", "__TXID__", "REPLACE", "OPTIONAL", "undefined", "null", "NULL", "nil", "None", "NaN"],
  "[object Object]",
])("%s is a placeholder", (text) => expect([isPlaceholder(text), isNoId(text)]).toEqual([true, true]));

test.each(["A-17", "1", "00", "order", "nullable", "none-1", "[a17]", "_a_", "50%", "a{b}", "<a17", "$5", "{}a"])(
  "%s is an id",
  (text) => expect([isPlaceholder(text), isNoId(text)]).toEqual([false, false]),
);

test("0 is no id, but may be another value", () => {
  expect([isPlaceholder("0"), isNoId("0")]).toEqual([false, true]);
});
