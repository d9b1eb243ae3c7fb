import { providerEvent } from "../../src/webhooks/provider.ts";

const { id: _, type: __, occurred_at: ___, ...rest } = providerEvent({ id: "", type: "touch", occurred_at: 0 });

/** The other fields of an event that has only an id, type and time. */
export const BARE = rest;
