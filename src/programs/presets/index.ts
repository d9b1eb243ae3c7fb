import type { ProgramTerms } from "../terms.ts";
import { bigcommerce } from "./bigcommerce.ts";
import { builderall } from "./builderall.ts";
import { carrot } from "./carrot.ts";
import { clickfunnels } from "./clickfunnels.ts";
import { convertkit } from "./convertkit.ts";
import { exness } from "./exness.ts";
import { fifteenDay } from "./fifteen-day.ts";
import { kajabi } from "./kajabi.ts";
import { kartra } from "./kartra.ts";
import { kartraClassic } from "./kartra-classic.ts";
import { kartraPartnerstack } from "./kartra-partnerstack.ts";
import { notion } from "./notion.ts";
import { systeme } from "./systeme.ts";

/** The terms of known programs, by name, as a starting point for a merchant's own. */
export const presets: Readonly<Record<string, ProgramTerms>> = {
  kartra,
  "kartra-partnerstack": kartraPartnerstack,
  "kartra-classic": kartraClassic,
  carrot,
  systeme,
  clickfunnels,
  "fifteen-day": fifteenDay,
  builderall,
  convertkit,
  kajabi,
  bigcommerce,
  notion,
  exness,
};
