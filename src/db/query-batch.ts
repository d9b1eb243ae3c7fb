/** Questions to D1 that are asked together: one call, whose answers were all true at one moment. */
import type { BatchItem } from "drizzle-orm/batch";
import type { Database } from "./database.ts";

type Query = BatchItem<"sqlite">;
type Answers<Queries extends readonly Query[]> = { [Place in keyof Queries]: Queries[Place]["_"]["result"] };

/** Queries, and what their answers come to. A query's columns must have names that differ, as in any batch. */
export interface Question<View> {
  queries: readonly Query[];
  view: (answers: readonly unknown[]) => View;
}

/** Makes a question; `view` is given the answers in the order of the queries. */
export function asking<const Queries extends readonly Query[], View>(
  queries: Queries,
  view: (answers: Answers<Queries>) => View,
): Question<View> {
  return { queries, view: (answers) => view(answers as Answers<Queries>) };
}

/** What some questions come to, each under its name. */
export type Answered<Questions> = {
  [Name in keyof Questions]: Questions[Name] extends Question<infer View> ? View : never;
};

/** Asks all of them in one call; each view is under its question's name. */
export async function askAll<Questions extends Record<string, Question<unknown>>>(
  db: Database,
  questions: Questions,
): Promise<Answered<Questions>> {
  const [first, ...others] = Object.values(questions).flatMap(({ queries }) => queries);
  if (first === undefined) throw new Error("nothing is asked");
  const answers: unknown[] = await db.batch([first, ...others]);
  let place = 0;
  const views = Object.entries(questions).map(([name, { queries, view }]) => {
    const from = place;
    place += queries.length;
    return [name, view(answers.slice(from, place))] as const;
  });
  return Object.fromEntries(views) as Answered<Questions>;
}

/** Asks one. */
export async function ask<View>(db: Database, question: Question<View>): Promise<View> {
  return (await askAll(db, { question })).question;
}
