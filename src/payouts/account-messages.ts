import type { Statement } from "./statements/statement.ts";

/** What an account tells of a statement. */
export interface StatementMessage {
  to: "statements";
  statement: Statement;
}
