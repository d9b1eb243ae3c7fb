/** The Worker of `src/` as it is on an account that can send letters: its pages show the forms that only then are there. */
import type { Env } from "../../src/env.ts";
import worker from "../../src/index.ts";

export { Account, Customer } from "../../src/worker.ts";

const EMAIL = { send: async () => ({ messageId: "1" }) } as unknown as SendEmail;
const settings = { MAIL_FROM: "portal@example.com", PORTAL_ORIGIN: "https://go.example.com" };

export default {
  ...worker,
  fetch(request, env, ctx) {
    return worker.fetch?.(request, { ...env, ...settings, EMAIL }, ctx) ?? new Response(null, { status: 500 });
  },
} satisfies ExportedHandler<Env, unknown>;
