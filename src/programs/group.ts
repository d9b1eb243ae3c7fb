/** Groups of a program's enrollments. A commission rule can be limited to some of them. */
import * as v from "valibot";

/** The group of every enrollment that hasn't been moved to another one. Each program has it. */
export const DEFAULT_GROUP = "default";

/** The name of {@link DEFAULT_GROUP} until the merchant changes it. */
export const DEFAULT_GROUP_NAME = "Default";

/** A group's slug, which terms refer to. It never changes; its name can. */
export const groupSlug = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "must be 1–63 of a-z, 0-9 and -, and not begin with -"),
);
