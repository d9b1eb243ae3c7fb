/** How an endpoint does, in a few words. */
import type * as v from "valibot";
import type { endpoint } from "../reference/webhooks.ts";

/** An endpoint as the API shows it. */
export type EndpointView = v.InferOutput<typeof endpoint>;

/** An endpoint's health as a tag, and the next step. */
export interface EndpointHealth {
  tag: string;
  tone: "good" | "waiting" | "bad" | "neutral";
  sentence: string;
}

/** Judges an endpoint by its latest deliveries. */
export function judgeEndpoint(endpoint: EndpointView): EndpointHealth {
  const { disabled, secrets, warnings, last_delivery_at } = endpoint;
  const find = (code: EndpointView["warnings"][number]["code"]) => warnings.find((one) => one.code === code);
  if (disabled) return { tag: "Disabled", tone: "neutral", sentence: "Everything that arrives is refused." };
  if (secrets.length === 0) {
    return {
      tag: "No secret",
      tone: "bad",
      sentence: "Add the secret that the checkout shows: until then, everything is refused.",
    };
  }
  const refused = find("refused_in_a_row");
  if (refused !== undefined) return { tag: "Refusing", tone: "bad", sentence: refused.detail };
  if (last_delivery_at === null) {
    return { tag: "Waiting", tone: "waiting", sentence: "Waiting for the first event: enter the URL at the checkout." };
  }
  const warning = find("silent") ?? warnings[0];
  if (warning === undefined) return { tag: "Works", tone: "good", sentence: "Events arrive as usual." };
  return { tag: warning.code === "silent" ? "Silent" : "Look", tone: "waiting", sentence: warning.detail };
}

/** Whether an endpoint's URL contains its secret, which the API leaves out of it. */
export function containsSecret(url: string | null): boolean {
  return url === null || /<secret>|%3Csecret%3E/i.test(url);
}
