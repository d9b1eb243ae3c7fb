/**
 * Common names of the five sub-ids: ours and Everflow's (`sub1`), TUNE's (`aff_sub`, `aff_sub2`), impact's
 * (`subId1`) and the short ones (`s1`, `subid`). Case doesn't matter.
 */
const SUB_ID_NAMES = new Map<string, number>(
  [1, 2, 3, 4, 5].flatMap((n) => [
    [`sub${n}`, n - 1],
    [`s${n}`, n - 1],
    [`subid${n}`, n - 1],
    [`aff_sub${n}`, n - 1],
  ]),
);
SUB_ID_NAMES.set("subid", 0).set("aff_sub", 0);

/** Bytes of UTF-8 that the log keeps of a sub-id. Ids of ad networks have up to about 200. */
const SUB_ID_MAX_BYTES = 255;
/** Ends a sub-id that was cut. */
const CUT_MARK = "…";
const CUT_MARK_BYTES = 3;
/** UTF-8 takes at most this many bytes for each UTF-16 code unit. */
const MAX_BYTES_PER_UNIT = 3;

const utf8 = new TextEncoder();

/** Whether a parameter is a sub-id under any of its names. */
export function isSubId(name: string): boolean {
  return SUB_ID_NAMES.has(name.toLowerCase());
}

/** Reads sub1..sub5 from a query, without trailing nulls; null if it has none. If one appears twice, the first counts. */
export function readSubIds(parameters: Iterable<[string, string]>): (string | null)[] | null {
  const subs: (string | null)[] = [];
  for (const [name, value] of parameters) {
    const place = SUB_ID_NAMES.get(name.toLowerCase());
    if (place === undefined || typeof subs[place] === "string") continue;
    const text = value.replaceAll(/\p{Cc}/gu, "").toWellFormed();
    if (text === "") continue;
    while (subs.length < place) subs.push(null);
    subs[place] = text;
  }
  return subs.length > 0 ? subs : null;
}

/** A sub-id as the log keeps it: whole up to {@link SUB_ID_MAX_BYTES}; a longer one is cut and ends in an ellipsis. */
export function cutSubId(text: string): string {
  if (text.length * MAX_BYTES_PER_UNIT <= SUB_ID_MAX_BYTES) return text;
  if (utf8.encode(text).length <= SUB_ID_MAX_BYTES) return text;
  const room = new Uint8Array(SUB_ID_MAX_BYTES - CUT_MARK_BYTES);
  const { read } = utf8.encodeInto(text, room); // never splits a character
  return text.slice(0, read) + CUT_MARK;
}
