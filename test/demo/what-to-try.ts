import { DEMO_LINK } from "./cast.ts";

/** What `npm run dev` says once everything is there. */
export function describeDemo(demo: {
  origin: string;
  adminToken: string;
  shopOrigin: string;
  signInUrl: string;
}): string {
  const { origin, adminToken, shopOrigin, signInUrl } = demo;
  return `
Lastclick is running at ${origin}

  1. Click Maya's link     ${origin}/${DEMO_LINK}
     It leads to the demo shop at ${shopOrigin}: buy something there.

  2. Or post a signed sale for the click just made, from another terminal:
                           npm run demo:sale

  3. See it as Maya        ${signInUrl}
     The link works once; every start prints a new one.

  Admin key                ${adminToken}
     curl -H "Authorization: Bearer ${adminToken}" ${origin}/v1/conversions

Ctrl-C stops it.
`;
}
