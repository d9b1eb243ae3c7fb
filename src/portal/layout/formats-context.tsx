/** The reader's formats, available to every component of a page. */
import { createContext, useContext } from "hono/jsx";
import { DEFAULT_READER, type Formats, formatsFor } from "./formats.ts";

/** Provided by the layout. */
export const FormatsContext = createContext<Formats>(formatsFor(DEFAULT_READER));

/** Formats for the reader of this page. */
export function useFormats(): Formats {
  return useContext(FormatsContext);
}

// Shorthands, for use while a component renders.
export const formatCount = (count: number) => useFormats().count(count);
export const formatMoney = (amount: number, currency: string) => useFormats().money(amount, currency);
/** Basis points. */
export const formatRate = (bps: number) => useFormats().rate(bps);
export const formatDate = (ms: number) => useFormats().date(ms);
export const formatTime = (ms: number) => useFormats().time(ms);
