/** Reads submitted forms. */
import type { HonoRequest } from "hono";
import { Problem } from "../../lib/problem.ts";

/** The code of a {@link Problem} about a form whose body is malformed or was cut off. */
export const UNREADABLE_FORM = "invalid_form";

/** The text fields of a submitted form. Uploaded files are ignored. Throws 400 if the body can't be read as a form. */
export async function readFormFields({
  req,
}: {
  req: Pick<HonoRequest, "parseBody">;
}): Promise<Record<string, string>> {
  const body = await parseForm(req);
  return Object.fromEntries(
    Object.entries(body).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
  );
}

async function parseForm(request: Pick<HonoRequest, "parseBody">): ReturnType<HonoRequest["parseBody"]> {
  try {
    return await request.parseBody();
  } catch {
    throw new Problem(400, UNREADABLE_FORM, "The form could not be read.");
  }
}
