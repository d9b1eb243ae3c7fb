import type { Statement } from "./statements/statement.ts";

/** A statement sent to the read models. */
export interface StatementMessage {
  to: "statements";
  statement: Statement;
}
