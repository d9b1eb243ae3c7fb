/** When a program sets its cookie: `always`, only with `consent`, or never (`cookieless`: the token is in the landing URL only). */
export const COOKIE_MODES = ["always", "consent", "cookieless"] as const;

export type CookieMode = (typeof COOKIE_MODES)[number];

/** What may be stored about a visitor. */
export interface Permission {
  /** A last-click cookie in the browser. */
  cookie: boolean;
  /** In the click log: a keyed hash of the visitor, which can't be matched after two days, and the user agent. */
  hash: boolean;
}

const YES = /^(1|true|yes|granted)$/i;

/**
 * Decides what may be stored. Global Privacy Control (`Sec-GPC: 1`) forbids both, except in a reward program, whose visitors
 * ask for tracking. `consent` is the value of the link's parameter or, without one, of the consent cookie.
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
