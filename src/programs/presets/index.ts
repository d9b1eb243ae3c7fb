import type { ProgramTerms } from "../terms.ts";
import { carrot } from "./carrot.ts";
import { kartraClassic } from "./kartra-classic.ts";

/** The terms of known programmes, by name. A merchant may start from one and change it. */
export const presets: Readonly<Record<string, ProgramTerms>> = {
  "kartra-classic": kartraClassic,
  carrot,
};
