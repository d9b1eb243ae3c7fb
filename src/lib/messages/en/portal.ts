/** The affiliate portal. */

export const portal = {};
