/** Reads submitted forms. */
import { readBytes } from "../../lib/platform/read-bytes.ts";
import { Problem } from "../../lib/problem.ts";

/** The code of a {@link Problem} about a form whose body is malformed, was cut off or is far too long. */
export const UNREADABLE_FORM = "invalid_form";

/** No form has fields of more than a few thousand characters, and the sign-in forms are open to everybody. */
const FORM_MAX_BYTES = 100_000;

const FORM_TYPE = /^(?:multipart\/form-data|application\/x-www-form-urlencoded)(?:;|$)/i;

/** The text fields of a submitted form. Uploaded files are ignored. Throws 400 if the body can't be read as a form. */
export async function readFormFields(c: { req: { raw: Request } }): Promise<Record<string, string>> {
  return Object.fromEntries(await readFormEntries(c));
}

/** The same, with all values of fields that have one name. */
export async function readFormEntries({ req }: { req: { raw: Request } }): Promise<[name: string, value: string][]> {
  const type = req.raw.headers.get("content-type") ?? "";
  if (!FORM_TYPE.test(type)) return [];
  const form = await parseForm(req.raw, type);
  return [...form].filter((field): field is [string, string] => typeof field[1] === "string");
}

/** A form with an uploaded file of at most `maxBytes`. `file` is null if none was chosen, or it is empty. */
export async function readUpload(
  { req }: { req: { raw: Request } },
  name: string,
  maxBytes: number,
): Promise<{ values: Record<string, string>; file: Uint8Array<ArrayBuffer> | null }> {
  const type = req.raw.headers.get("content-type") ?? "";
  if (!FORM_TYPE.test(type)) return { values: {}, file: null };
  const form = await parseForm(req.raw, type, maxBytes + FORM_MAX_BYTES);
  const values = Object.fromEntries(
    [...form].filter((field): field is [string, string] => typeof field[1] === "string"),
  );
  const sent = form.get(name);
  const isFile = sent !== null && typeof sent !== "string" && sent.size > 0;
  return { values, file: isFile ? new Uint8Array(await sent.arrayBuffer()) : null };
}

async function parseForm(request: Request, type: string, maxBytes = FORM_MAX_BYTES): Promise<FormData> {
  const bytes = await readBytes(request, maxBytes);
  if (bytes === null) throw unreadable();
  try {
    return await new Response(bytes, { headers: { "Content-Type": type } }).formData();
  } catch {
    throw unreadable();
  }
}

function unreadable(): Problem {
  return new Problem(400, UNREADABLE_FORM, "The form could not be read.");
}
