import type { ApiApp } from "../api/layout/api-app.ts";
import { findProgram } from "../api/layout/find-records.ts";
import { listAttention } from "./attention.ts";
import { readProgramState } from "./attention-queries.ts";

export function addAttentionRoutes(app: ApiApp): void {
  app.get("/programs/:program/attention", async (c) => {
    const program = await findProgram(c.var.db, c.req.param("program"));
    const data = listAttention(await readProgramState(c.env.DB, program, c.var.now), c.var.now);
    return c.json({ data, next: null });
  });
}
