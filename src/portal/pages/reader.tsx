/** For whom a page is written: each part of it asks here how to write figures and times. */
import { createContext, useContext } from "hono/jsx";
import { DEFAULT_READER, type Formats, formatsFor } from "../formats.ts";

/** Set by the layout around every page. */
export const FormatsContext = createContext<Formats>(formatsFor(DEFAULT_READER));

/** How the reader of this page writes. */
export function useFormats(): Formats {
  return useContext(FormatsContext);
}
