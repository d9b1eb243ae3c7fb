/** For whom a page is written: each part of it asks here how to write figures and times. */
import { createContext, useContext } from "hono/jsx";
import { DEFAULT_READER, type Formats, formatsFor } from "./formats.ts";

/** Set by the layout around every page. */
export const FormatsContext = createContext<Formats>(formatsFor(DEFAULT_READER));

/** How the reader of this page writes. */
export function useFormats(): Formats {
  return useContext(FormatsContext);
}

/*
 * The same as functions, for use while a part of a page is being made.
 */
export const formatCount = (count: number) => useFormats().count(count);
export const formatMoney = (amount: number, currency: string) => useFormats().money(amount, currency);
/** Basis points. */
export const formatRate = (bps: number) => useFormats().rate(bps);
export const formatDate = (ms: number) => useFormats().date(ms);
export const formatTime = (ms: number) => useFormats().time(ms);
