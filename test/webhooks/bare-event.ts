import { providerEvent } from "../../src/webhooks/provider.ts";

const { id: _, type: __, occurred_at: ___, ...rest } = providerEvent({ id: "", type: "touch", occurred_at: 0 });

/** An event of which a provider says nothing but its id, type and time. */
export const BARE = rest;
