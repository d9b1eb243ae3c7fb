/** A link with settings, and what its log says, for tests of the redirect. */
import { expect } from "vitest";
import { admin, setUp } from "../support/story.ts";

/** A program with one affiliate, whose link has these settings. */
export async function linkWith(settings: Record<string, unknown>, program: Record<string, unknown> = {}) {
  const story = await setUp({ affiliates: 1, program });
  const { status, json } = await admin("PATCH", `/v1/links/${story.a.slug}`, settings);
  expect(status, JSON.stringify(json)).toBe(200);
  return { ...story, slug: story.a.slug };
}

/** How many hits a link has by verdict. */
export const verdicts = async (slug: string) => (await admin("GET", `/v1/links/${slug}`)).json.verdicts;
/** The newest hit in a link's log. */
export const lastLogged = async (slug: string) => (await admin("GET", `/v1/links/${slug}/clicks`)).json.data[0];
/** A landing page's URL without the click token. */
export const landing = (location: string | null) => location?.replace(/[?&]lc_click=[^&#]*/, "");
