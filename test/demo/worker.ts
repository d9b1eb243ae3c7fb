/**
 * The Worker of `src/` with a clock and dice that the seeding hands in: each request says when it happens and which
 * random bytes its click id gets. It runs only while the demo is being seeded; after that, `src/index.ts` does.
 */
import type { Env } from "../../src/env.ts";
import type { Click } from "../../src/redirect/click.ts";
import { createWorker } from "../../src/worker.ts";

export { Account, Customer } from "../../src/worker.ts";

const worker = createWorker({
  now: (request) => Number(request.headers.get("x-demo-now") ?? Date.now()),
  random: (bytes, request) => {
    const hex = request.headers.get("x-demo-random");
    return hex === null ? crypto.getRandomValues(new Uint8Array(bytes)) : Uint8Array.fromHex(hex);
  },
});

export default {
  ...worker,
  fetch(request, env, ctx) {
    // Where the visitor is, which Cloudflare's edge would say. All visitors of the story come from this machine, so its
    // address would make them one.
    const headers = new Headers(request.headers);
    headers.delete("cf-connecting-ip");
    const country = request.headers.get("x-demo-country");
    const placed = new Request(request, { headers, ...(country !== null && { cf: { country } }) });
    return worker.fetch?.(placed as typeof request, env, ctx) ?? new Response(null, { status: 500 });
  },
} satisfies ExportedHandler<Env, Click[]>;
