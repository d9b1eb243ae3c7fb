/**
 * A clock that stops until it is set. It replaces the global `Date`, so it must be the first import of a Worker: the
 * code under test then reads it in requests, alarms and crons, whatever it calls its own clock.
 */
import startsAt from "./starts-at.txt";

const RealDate = Date;
let now = Number(startsAt);

globalThis.Date = class extends RealDate {
  constructor(...values) {
    if (values.length === 0) super(now);
    else super(...values);
  }

  static now() {
    return now;
  }
};

/**
 * Sets the clock.
 * @param {number} at milliseconds since the epoch
 */
export function setClock(at) {
  now = at;
}
