/** `/app/creatives/:id/image`: the preview of an image, so that the portal contacts no other site. */
import type { Hono } from "hono";
import { readAffiliatePrograms } from "../../affiliates/enrollment-queries.ts";
import { fetchImage } from "../../lib/platform/fetch-image.ts";
import { type Portal, showNotFound, signedIn } from "../../portal/layout/page.tsx";
import { readCreatives } from "../queries.ts";

export function addCreativeRoutes(app: Hono<Portal>): void {
  app.get("/creatives/:id/image", async (c) => {
    const { affiliate, db } = signedIn(c);
    for (const program of await readAffiliatePrograms(db, affiliate.id)) {
      if (program.status !== "approved") continue;
      const creative = (await readCreatives(db, program.id)).find(({ id }) => id === c.req.param("id"));
      if (creative?.kind === "image") return (await fetchImage(creative.url)) ?? showNotFound(c);
    }
    return showNotFound(c);
  });
}
