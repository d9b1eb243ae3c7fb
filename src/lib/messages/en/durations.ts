/** Lengths of time. */
import { days, hours, minutes } from "./english.ts";

export const durations = { days, hours, minutes, under_a_minute: "less than a minute" };
