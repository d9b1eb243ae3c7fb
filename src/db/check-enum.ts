import { sql } from "drizzle-orm";
import { type CheckBuilder, check, type SQLiteColumn } from "drizzle-orm/sqlite-core";

/** The CHECK constraint of a column whose values are listed by its `enum`. */
export function checkEnum(column: SQLiteColumn): CheckBuilder {
  const values = column.enumValues?.map((value) => `'${value}'`) ?? [];
  return check(`${column.name}_is_known`, sql.raw(`${column.name} IN (${values.join(", ")})`));
}
