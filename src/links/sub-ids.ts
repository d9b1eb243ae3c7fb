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

const SUB_ID_MAX_CHARACTERS = 100;

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
    // A cut may split a surrogate pair.
    const text = value
      .replaceAll(/\p{Cc}/gu, "")
      .slice(0, SUB_ID_MAX_CHARACTERS)
      .toWellFormed();
    if (text === "") continue;
    while (subs.length < place) subs.push(null);
    subs[place] = text;
  }
  return subs.length > 0 ? subs : null;
}
