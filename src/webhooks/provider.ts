/** The interface of a provider's adapter. Adapters are pure: no clock, no I/O, no state. */
import type { Problem } from "../lib/problem.ts";
import type { BillingPlan, ConversionEvent, EventType, Named, PaymentState } from "./conversion-event.ts";

/**
 * A provider's adapter: verifies and parses its webhooks. To add a provider, add a folder in `providers/` with an adapter, a
 * line in `providers.ts`, and a folder of fixtures.
 */
export interface Provider {
  /** The provider's name, an endpoint's `source`. */
  source: string;
  /** Whether its events have the merchant's own ids or ids that the provider created. */
  ids: "merchant" | "provider";
  /** Where an endpoint's secret comes from. */
  secret: SecretSource;
  /** The path and query of an endpoint's URL, if not `/v1/webhooks/<endpoint>`. */
  address?: (endpoint: string, secret: string) => string;
  /** The request headers that `parse` reads, in lower case: stored with the body, so that a delivery can be replayed. */
  headers: readonly string[];
  /** Removes the secret from the body of a verified request, for providers whose body encodes it. */
  conceal?: (body: string) => string;
  /** Verifies the sender of the raw request: null if it has one of the secrets, otherwise the refusal, a 401. */
  verify: (request: SignedRequest, secrets: readonly string[], tools: VerifyTools) => Verdict | Promise<Verdict>;
  /**
   * Parses the events of a verified request; none where the type is ignored. `currency` is the program's, for providers that
   * don't send one. Throws a {@link Problem} with 422 that names the field, where the type is supported but a field is invalid.
   */
  parse: (request: SignedRequest, program?: { currency: string }) => Reading;
  /**
   * Answers a request by which the provider checks whether the endpoint exists, before anything is verified or logged; null
   * for any other request. Without it GET and HEAD are a 405.
   */
  probe?: (request: SignedRequest, secrets: readonly string[]) => Answer | null | Promise<Answer | null>;
  /**
   * Looks up what webhooks lack, with an API key that the merchant adds to the endpoint. Its functions throw a
   * {@link LookupUnavailable} where the same call may succeed later, and another error where it won't.
   */
  look_up?: {
    /** Throws a 422 for text that isn't an API key of this provider. */
    check: (apiKey: string) => void;
    /** Looks up what an event lacks. Without an API key the event is recorded without it. */
    run?: (missing: MissingIds, tools: LookupTools) => Promise<LookedUp>;
    /** For webhooks that contain only ids: the body that `parse` gets instead. Without an API key they are refused. */
    complete?: (body: string, tools: LookupTools) => Promise<string>;
  };
  /** A sale as the provider would send it, to test an endpoint with. */
  sample?: {
    /** Whether the request itself says that it is a test. Otherwise only endpoints in test mode are tested with it. */
    marks_test: boolean;
    sign: (sale: SampleSale, secret: string) => SampleRequest | Promise<SampleRequest>;
  };
  /** After how many refusals in a row the provider disables or deletes a webhook, where its documentation says so. */
  disables_after?: number;
  /** The provider's own format of an answer; null for ours. */
  answer?: (outcome: Outcome, request: SignedRequest) => Answer | null;
}

/** The refusal, or null for a verified request. */
export type Verdict = Problem | null;

/** Who creates an endpoint's secret. `check` throws a 422 for text that isn't a secret of this provider. */
export type SecretSource =
  /** We create it from 32 random bytes, in the provider's format, and show it once. */
  | {
      made_by: "us";
      make: (random: Uint8Array) => string;
      /** For providers where the merchant may paste a secret instead, because another sender already signs with it. */
      check?: (text: string) => void;
      /** The secret is part of the URL's path, because the provider can't send it anywhere else. */
      in_url?: boolean;
      /** The text that the merchant pastes at the provider, where that is more than the secret. */
      show?: (endpoint: string, secret: string) => string;
    }
  /** The provider creates it, and the merchant pastes it here. */
  | { made_by: "provider"; check: (text: string) => void };

/** A request as signed. `body` is the exact text of the bytes; a body that isn't UTF-8 was refused before. */
export interface SignedRequest {
  method: string;
  /** The part of the path after the endpoint's id, without its slash: some providers can send a secret only there. */
  path: string;
  query: URLSearchParams;
  headers: Headers;
  body: string;
}

/** What `verify` may use besides the request. */
export interface VerifyTools {
  /** Milliseconds since the epoch. */
  now: number;
  /** Sends a request to the provider, such as for its certificate, without following redirects. Throws on a timeout. */
  request: (url: string, init?: RequestInit) => Promise<Response>;
}

/** A sale to test an endpoint with. */
export interface SampleSale {
  /** Part of the sale's ids. */
  name: string;
  /** The click token. */
  click: string;
  /** In minor units. */
  amount: number;
  currency: string;
  /** In milliseconds since the epoch. */
  at: number;
}

/** A signed request to an endpoint's URL. */
export interface SampleRequest {
  headers: Record<string, string>;
  body: string;
}

/** The ids of what an event lacks, by kind. */
export type MissingIds = Readonly<Record<string, string>>;

/**
 * What `look_up` may use. `request` throws a {@link LookupUnavailable} where the provider doesn't answer in time, or a 200 isn't
 * JSON.
 */
export interface LookupTools {
  api_key: string;
  request: (url: string, init?: RequestInit) => Promise<Response>;
}

/** What was looked up for an event. Coupon codes are added to those that it contains. */
export interface LookedUp {
  coupons?: readonly string[];
  product?: string;
  plan?: BillingPlan;
}

/** The provider's API is unavailable for now. */
export class LookupUnavailable extends Error {}

/** A parsed request. */
export interface Reading {
  /** The provider's event type: `invoice.paid`. */
  type: string;
  /** The provider's event id; null where it has none. */
  event_id: string | null;
  events: ProviderEvent[];
  /** A sentence that explains why `events` is empty, where the type alone doesn't. */
  ignored?: string;
  /** Why another part of the request can't be parsed: its events are recorded, and then the delivery is refused. */
  fault?: Problem;
}

/** An event as an adapter parses it: without its program, and with the plain email address. */
export interface ProviderEvent {
  /**
   * Unique within the endpoint, and the same each time the provider sends the event. {@link EMAIL_PLACE} in it is replaced
   * by the keyed hash of the customer's email address, so that the id doesn't contain the plain address.
   */
  id: string;
  /** `alias`: states only that one payment has several ids (`payment` and `aliases`). */
  type: EventType | "alias";
  /** The provider's own time, in milliseconds since the epoch; null where it sends none: then the time of receipt counts. */
  occurred_at: number | null;
  /** Both null where the provider doesn't send them: the customer is then found by the payment or subscription. */
  customer: {
    id: string | null;
    email: string | null;
    /** The provider sent an email address that isn't one. */
    is_email_invalid?: true;
  };
  /** What is wrong with the event although it is recorded, as sentences for the delivery log. */
  notes?: readonly string[];
  /** What the event lacks and the provider's API knows, as ids by kind; see `Provider.look_up`. */
  missing?: MissingIds;
  /** A means of payment that identifies its owner: a card's fingerprint, a PayPal address or account. Only its keyed hash is stored. */
  payer?: string;
  click: string | null;
  /** See `ConversionEvent`. */
  is_claim?: true;
  /** These two: see `ConversionEvent`. */
  coupon: string | null;
  coupons?: readonly string[];
  payment: string | null;
  /** Other ids of the same payment, which later events may use. */
  aliases: readonly string[];
  /** Ids of what the payment belongs to (an order, a checkout), used only to find its customer. */
  related?: readonly string[];
  /**
   * Waits until another event names its payment or one of `related`, and repeats that event's payment where the two are one. Nothing
   * else finds its customer, and it never creates one.
   */
  needs_known?: true;
  refund: string | null;
  /** These amounts: see `ConversionEvent`. */
  amount: number | null;
  gross: number | null;
  cumulative?: boolean;
  payment_state?: PaymentState;
  status_of?: string;
  commissionable?: false;
  currency: string | null;
  product: string | null;
  subscription: ConversionEvent["subscription"];
  /** See `ConversionEvent`. */
  plan?: BillingPlan;
  named?: Named;
  country?: string;
  platform?: string;
  test: boolean;
  /** The provider's account of the event, where one endpoint can receive events of several; otherwise null. */
  account: string | null;
}

/** See `ProviderEvent.id`. */
export const EMAIL_PLACE = "{email}";

/** Creates an event; fields that are not given are empty. */
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

/** The outcome of a delivery, as answered to its sender and shown in the delivery log. */
export interface Outcome {
  /**
   * `waiting`: none of its identifiers belongs to a customer yet; it is handled when one does. `spooled`: stored, because its
   * object or its provider's API was unavailable; it is retried. `refused`: `reason` is the problem's code.
   */
  status: "recorded" | "duplicate" | "ignored" | "waiting" | "spooled" | "refused";
  conversion: string | null;
  /** Username of the credited affiliate. */
  attributed_to: string | null;
  /** The reason as a stable code. */
  reason: string;
  /** The refusal, if it was refused. */
  problem: Problem | null;
}

/** An answer in a provider's own format. */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  /** Text, or the bytes of an image. */
  body?: string | Uint8Array<ArrayBuffer>;
}
