/** When a programme sets its cookie: `always`, with `consent` only, or never (`cookieless`: the token is in the landing URL). */
export const COOKIE_MODES = ["always", "consent", "cookieless"] as const;

export type CookieMode = (typeof COOKIE_MODES)[number];

/** What may be kept of a visitor. */
export interface Permission {
  /** A last-click cookie in the browser. */
  cookie: boolean;
  /** Who it is, by a keyed hash that means nothing after two days, and the user agent: for the log. */
  hash: boolean;
}

const YES = /^(1|true|yes|granted)$/i;

/**
 * Decides what may be kept. Global Privacy Control (`Sec-GPC: 1`) forbids both, unless the visitor joined the programme
 * for a reward and asked for the tracking. `consent` is what the link's parameter, else the consent cookie, says.
 */
export function decidePermission(given: {
  mode: CookieMode;
  is_reward: boolean;
  gpc: string | null;
  consent: string | null;
}): Permission {
  if (given.gpc?.trim() === "1" && !given.is_reward) return { cookie: false, hash: false };
  switch (given.mode) {
    case "always":
      return { cookie: true, hash: true };
    case "consent":
      return { cookie: given.consent !== null && YES.test(given.consent), hash: true };
    case "cookieless":
      return { cookie: false, hash: true };
  }
}
