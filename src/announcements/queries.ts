/** Reads a program's announcements. */
import { and, desc, eq, gte } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { defineQuery, type Query } from "../db/query-batch.ts";
import { MS_PER_DAY } from "../lib/time.ts";
import { announcements } from "./tables.ts";

/** An announcement as affiliates see it. `created_at` is in ms. */
export interface Announcement {
  id: string;
  title: string;
  text: string;
  created_at: number;
}

const SHOWN_DAYS = 30;
const SHOWN_MAX = 3;

/** The latest announcements of the last 30 days at `now` (ms), newest first, for a batch. */
export function defineAnnouncementsQuery(db: Database, programId: number, now: number): Query<Announcement[]> {
  const { id, title, text, created_at } = announcements;
  const latest = db
    .select({ id, title, text, created_at })
    .from(announcements)
    .where(and(eq(announcements.program_id, programId), gte(created_at, now - SHOWN_DAYS * MS_PER_DAY)))
    .orderBy(desc(id))
    .limit(SHOWN_MAX);
  return defineQuery([latest], ([rows]) => rows);
}
