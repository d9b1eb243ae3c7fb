import { DEMO_LINK } from "./programs.ts";

/** The text that `npm run dev` prints when it is ready. */
export function describeDemo(demo: {
  origin: string;
  adminToken: string;
  shopOrigin: string;
  signInUrl: string;
}): string {
  const { origin, adminToken, shopOrigin, signInUrl } = demo;
  const authorization = `-H "Authorization: Bearer ${adminToken}"`;
  return `
Lastclick is running.

  Click a link  ${origin}/${DEMO_LINK}
                Opens the demo shop at ${shopOrigin}, where you can buy something.
                Use a private window once you are signed in as Maya: her own clicks don't count.
  Post a sale   npm run demo:sale
                Run it in another terminal. It posts a signed sale for the latest click that reached the shop.

  Docs          ${origin}/docs
                Start with the quickstart: ${origin}/docs/quickstart

  Portal        ${origin}/app
  Sign in       ${signInUrl}
                Signs you in as the affiliate Maya. The link works once. For another one, or as jonas or priya:
                curl -X POST ${authorization} ${origin}/v1/affiliates/maya/sign-in-link

  Console       ${origin}/admin
                The merchant's side. Sign in with the admin key: ${adminToken}

  Call the API  curl ${authorization} ${origin}/v1/conversions

Press Ctrl-C to stop.
`;
}
