/** What one checkout's way of posting webhooks consists of. Adapters are pure: no clock, no I/O, no state. */
import type { Problem } from "../lib/problem.ts";
import type { ConversionEvent, EventType, Named } from "./conversion-event.ts";

/**
 * One checkout's way of posting webhooks. A new provider is one file in `providers/` that exports one of these, one line
 * in `providers.ts` and one folder of fixtures.
 */
export interface Provider {
  /** Name of the provider as an endpoint's `source`. */
  source: string;
  /** Whose ids its events carry: the merchant's own, or names that the provider gave. */
  ids: "merchant" | "provider";
  /** Where an endpoint's secret comes from. */
  secret: SecretSource;
  /** Path and query of an endpoint's URL, where it is not `/v1/webhooks/<endpoint>`. */
  address?: (endpoint: string, secret: string) => string;
  /** The request headers that `parse` reads, in lower case: kept with the body, so that a delivery can be replayed. */
  headers: readonly string[];
  /** The body of a verified request without the secret that it carries, where that cannot be found in it as text. */
  conceal?: (body: string) => string;
  /** Checks who sent the raw request; null if it is from a holder of one of the secrets, else the refusal, a 401. */
  verify: (request: SignedRequest, secrets: readonly string[], tools: VerifyTools) => Verdict | Promise<Verdict>;
  /**
   * Reads the events out of a verified request; none where the type is of no interest. `currency` is the programme's, for
   * providers that leave it out. Throws a {@link Problem} with 422
   * that names the field where the type is of interest and its shape is not as known.
   */
  parse: (request: SignedRequest, program?: { currency: string }) => Reading;
  /**
   * Answers a request by which the provider looks whether the endpoint is there, before anything is verified or logged; null
   * for a request that is no such look. Without it GET and HEAD are a 405.
   */
  probe?: (request: SignedRequest, secrets: readonly string[]) => Answer | null | Promise<Answer | null>;
  /** The answer in the provider's own terms, where it looks at more than the status; null for ours. */
  answer?: (outcome: Outcome, request: SignedRequest) => Answer | null;
}

/** The refusal, or null for a request whose sender has been proved. */
export type Verdict = Problem | null;

/** Who makes an endpoint's secret. `check` throws a 422 for a text that is no secret of this provider. */
export type SecretSource =
  /** From 32 random bytes, in the provider's own format; shown once. */
  | {
      made_by: "us";
      make: (random: Uint8Array) => string;
      /** Where a merchant may bring a secret too, since another sender signs with it. */
      check?: (text: string) => void;
      /** The secret stands in the path, since the provider can carry it nowhere else. */
      in_url?: boolean;
      /** What the merchant is shown and pastes, where that is more than the secret. */
      show?: (endpoint: string, secret: string) => string;
    }
  /** Copied by the merchant from the provider's pages. */
  | { made_by: "provider"; check: (text: string) => void };

/** A request as it was signed. `body` is the exact text of the bytes: bodies that are no UTF-8 never get here. */
export interface SignedRequest {
  method: string;
  /** What follows the endpoint's id in the path, without its slash: where a provider can carry a secret only there. */
  path: string;
  query: URLSearchParams;
  headers: Headers;
  body: string;
}

/** What a verification may use besides the request. */
export interface VerifyTools {
  /** Milliseconds since the epoch. */
  now: number;
  /** Makes a request of ours to the provider, such as for its certificate; follows no redirect. Throws where it cannot be had in time. */
  request: (url: string, init?: RequestInit) => Promise<Response>;
}

/** A request, read. */
export interface Reading {
  /** The provider's own name of what has happened: `invoice.paid`. */
  type: string;
  /** The provider's id of the delivery's event, null where it gives none. */
  event_id: string | null;
  events: ProviderEvent[];
  /** Why `events` is empty, in words, where there is more to say than that the type is of no interest. */
  ignored?: string;
}

/** What an adapter reads out of a request: an event that does not yet know its programme and still has the plain e-mail. */
export interface ProviderEvent {
  /**
   * Unique within the endpoint, and the same whenever the provider sends the event again. {@link EMAIL_PLACE} in it stands
   * for the keyed hash of the customer's e-mail address, so that an event can be named by it without spelling it out.
   */
  id: string;
  /** `alias`: tells only that one payment has several names (`payment` and `aliases`). */
  type: EventType | "alias";
  /** As the provider states it, milliseconds since the epoch; null where it does not: when it was first received. */
  occurred_at: number | null;
  /** Both null where the provider does not say: the customer is then found by the payment or subscription. */
  customer: { id: string | null; email: string | null };
  /** What it was paid with, where that tells its owner: a card's fingerprint, a PayPal address or account. Only its keyed hash goes on. */
  payer?: string;
  click: string | null;
  coupon: string | null;
  payment: string | null;
  /** Other names of the same payment, by which later events may call it. */
  aliases: readonly string[];
  /** Names of what the payment belongs to (an order, a checkout), by which only its customer is found. */
  related?: readonly string[];
  refund: string | null;
  /** See `ConversionEvent`, as for `cumulative`. */
  amount: number | null;
  gross: number | null;
  cumulative?: boolean;
  currency: string | null;
  product: string | null;
  subscription: ConversionEvent["subscription"];
  named?: Named;
  country?: string;
  platform?: string;
  test: boolean;
  /** The provider's account that it happened in, where one endpoint can hear of several; else null. */
  account: string | null;
}

/** See `ProviderEvent.id`. */
export const EMAIL_PLACE = "{email}";

/** An event of which only what is said is known. */
export function providerEvent(
  known: Pick<ProviderEvent, "id" | "type" | "occurred_at"> & Partial<ProviderEvent>,
): ProviderEvent {
  return {
    customer: { id: null, email: null },
    click: null,
    coupon: null,
    payment: null,
    aliases: [],
    refund: null,
    amount: null,
    gross: null,
    currency: null,
    product: null,
    subscription: null,
    test: false,
    account: null,
    ...known,
  };
}

/** What became of a delivery: what its sender is told and the delivery log shows. */
export interface Outcome {
  /**
   * `waiting`: it names a payment not heard of yet, and is taken up when that comes. `spooled`: kept, since its object
   * could not take it at once. `refused`: with the problem's code as `reason`.
   */
  status: "recorded" | "duplicate" | "ignored" | "waiting" | "spooled" | "refused";
  conversion: string | null;
  /** Username of the affiliate who got the credit. */
  attributed_to: string | null;
  /** Why, as a stable code. */
  reason: string;
  /** The refusal, where it is one. */
  problem: Problem | null;
}

/** An answer in a provider's own terms. */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  /** Text, or the bytes of a picture. */
  body?: string | Uint8Array<ArrayBuffer>;
}
