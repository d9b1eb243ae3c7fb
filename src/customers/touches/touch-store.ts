import { completeTouch, type Touch } from "../fact.ts";
import { mergeTouches, type TouchIndex } from "./touches.ts";

/** The indexed sources. Dispute touches aren't indexed; see `CustomerStore`. */
const SOURCES = ["click", "coupon", "referral"];

/** The touches in the Customer object's own tables. All calls are synchronous. */
export class TouchStore implements TouchIndex {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /**
   * Stores a touch. If it differs from the stored one, such as after its link's channel changed, they are merged, so
   * that arrival order doesn't matter.
   */
  add(touch: Touch): void {
    const stored = this.#readText(touch);
    this.#sql.exec(
      `INSERT INTO touches (at, click_id, affiliate_id, touch) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET touch = excluded.touch`,
      touch.clicked_at,
      touch.click_id,
      touch.affiliate_id,
      JSON.stringify(stored === null ? touch : mergeTouches(JSON.parse(stored), touch)),
    );
  }

  /** Whether a touch is stored. `reworded` means that storing it would change the stored one. */
  lookFor(touch: Touch): "new" | "known" | "reworded" {
    const stored = this.#readText(touch);
    if (stored === null) return "new";
    return JSON.stringify(mergeTouches(JSON.parse(stored), touch)) === stored ? "known" : "reworded";
  }

  #readText({ clicked_at, click_id }: Touch): string | null {
    const query = "SELECT touch FROM touches WHERE at = ? AND click_id = ?";
    return this.#sql.exec<{ touch: string }>(query, clicked_at, click_id).toArray()[0]?.touch ?? null;
  }

  filed(touch: Touch): Touch {
    return this.#read("WHERE at = ? AND click_id = ?", touch.clicked_at, touch.click_id)[0] ?? touch;
  }

  newest(at: number, limit: number): Touch[] {
    return this.#read("WHERE at <= ? ORDER BY at DESC, click_id DESC LIMIT ?", at, limit);
  }

  count(at: number, limit: number): number {
    const query = "SELECT count(*) AS n FROM (SELECT 1 FROM touches WHERE at <= ? LIMIT ?)";
    return this.#sql.exec<{ n: number }>(query, at, limit).one().n;
  }

  ends(from: number, to: number, customersPerClick: number): Touch[] {
    const place = `WHERE affiliate_id = ? AND touch ->> 'source' = ? AND at BETWEEN ? AND ?
      AND coalesce(touch ->> 'customer_number', 0) <= ? ORDER BY`;
    return [...this.firstByAffiliate().keys()].flatMap((affiliateId) =>
      SOURCES.flatMap((source) => [
        ...this.#read(`${place} at DESC, click_id DESC LIMIT 1`, affiliateId, source, from, to, customersPerClick),
        ...this.#read(`${place} at, click_id LIMIT 1`, affiliateId, source, from, to, customersPerClick),
      ]),
    );
  }

  oldest(): Touch | null {
    return this.#read("ORDER BY at, click_id LIMIT 1")[0] ?? null;
  }

  /** The time of each affiliate's first touch (ms). */
  firstByAffiliate(): Map<number, number> {
    const rows = this.#sql
      .exec<{ id: number; at: number }>(
        // Skips from affiliate to affiliate in the index, so the cost doesn't depend on the number of touches.
        `WITH RECURSIVE whose (id) AS (
           SELECT min(affiliate_id) FROM touches
           UNION ALL SELECT (SELECT min(affiliate_id) FROM touches WHERE affiliate_id > whose.id) FROM whose WHERE whose.id IS NOT NULL
         )
         SELECT id, (SELECT min(at) FROM touches WHERE affiliate_id = whose.id) AS at FROM whose WHERE id IS NOT NULL`,
      )
      .toArray();
    return new Map(rows.map(({ id, at }) => [id, at]));
  }

  #read(where: string, ...values: (string | number)[]): Touch[] {
    return this.#sql
      .exec<{ touch: string }>(`SELECT touch FROM touches ${where}`, ...values)
      .toArray()
      .map(({ touch }) => completeTouch(JSON.parse(touch)));
  }
}
