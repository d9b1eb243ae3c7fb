import { nanoid } from "nanoid";
import * as v from "valibot";
import { endpoints } from "../db/schema.ts";
import { readSettings } from "../env.ts";
import { Problem } from "../problem.ts";
import { seal } from "../vault.ts";
import { providers } from "../webhooks/providers.ts";
import { findProgram } from "./find.ts";
import { readJson } from "./read-json.ts";
import type { AdminApp } from "./routes.ts";
import { toTime } from "./rows.ts";

const SECRET_BYTES = 32;

const newEndpoint = v.strictObject({ source: v.string() });

export function addEndpointRoutes(app: AdminApp): void {
  app.post("/programs/:program/endpoints", async (c) => {
    const { db, now } = c.var;
    const program = await findProgram(db, c.req.param("program"));
    const { source } = await readJson(c.req, newEndpoint);
    const provider = providers.get(source);
    if (provider === undefined) {
      const known = [...providers.keys()].join(", ");
      throw new Problem(422, "invalid_source", `source: must be one of: ${known}.`, "source");
    }
    const id = `ep_${nanoid()}`;
    const secret = provider.makeSecret(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));
    const sealedSecret = await seal(readSettings(c.env).vault_key, id, secret);
    await db.insert(endpoints).values({ id, programId: program.id, source, sealedSecret, createdAt: now });
    const url = new URL(`/v1/webhooks/${id}`, c.req.url).href;
    // The only time that the secret is shown.
    return c.json({ id, program: program.slug, source, url, secret, created_at: toTime(now) }, 201);
  });
}
