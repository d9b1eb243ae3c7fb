/** The archive's format: objects of lines, and the manifest rows that refer to the objects. */
import { toIsoDay } from "../../lib/calendar.ts";
import { DEVICES } from "../../links/choose-destination.ts";
import { type Click, timeOfClickId, VERDICTS } from "../../redirect/click.ts";
import { type Navigation, unpackNavigation } from "../../redirect/verdict/navigation.ts";

/** A line of an archive: a click that can be read and counted again without D1. The visitor is left out. */
export interface ArchivedClick extends Omit<Click, "at" | "visitor" | "visitor_by_hash" | "navigation"> {
  /** ISO 8601, UTC, to milliseconds. */
  at: string;
  /** Slugs and the username as they were when the click was archived. */
  link: string | null;
  program: string | null;
  affiliate: string | null;
  /** Whether it was its visitor's first click on this link on this day. */
  unique: boolean;
  /** Missing in lines that earlier releases wrote. */
  navigation?: Navigation | null;
}

/** A row of the manifest: an object of the bucket, with clicks of one day. */
export interface ClickArchive {
  /** Days since the epoch, UTC. */
  day: number;
  key: string;
  /** Lines of the object. */
  clicks: number;
  /** Size of the object, compressed. */
  bytes: number;
  /** SHA-256 of its lines before compression, in hex. */
  sha256: string;
  /** Milliseconds since the epoch. */
  archived_at: number;
}

/** A click as read from D1 for the archive. */
export interface StoredClick
  extends Omit<ArchivedClick, "at" | "verdict" | "unique" | "device" | "subs" | "navigation"> {
  hour: number;
  /** In hex. */
  visitor: string;
  verdict: number;
  is_first: number;
  device: number | null;
  /** As JSON. */
  subs: string | null;
  /** Packed. */
  navigation: number | null;
}

/** Converts a stored click. Throws if a later version stored a verdict or device that this version doesn't know. */
export function toArchivedClick(stored: StoredClick): ArchivedClick {
  return {
    id: stored.id,
    at: new Date(timeOfClickId(Uint8Array.fromHex(stored.id))).toISOString(),
    link_id: stored.link_id,
    link: stored.link,
    program: stored.program,
    affiliate: stored.affiliate,
    verdict: nameAt(VERDICTS, stored.verdict),
    unique: stored.is_first === 1,
    reason: stored.reason,
    repeats: stored.repeats,
    country: stored.country,
    device: stored.device === null ? null : nameAt(DEVICES, stored.device),
    referrer: stored.referrer,
    user_agent: stored.user_agent,
    subs: stored.subs === null ? null : JSON.parse(stored.subs),
    navigation: stored.navigation === null ? null : unpackNavigation(stored.navigation),
  };
}

function nameAt<Name extends string>(names: readonly Name[], place: number): Name {
  const name = names[place];
  if (name === undefined)
    throw new Error(`a click was stored with the unknown value ${place}; known are ${names.join(", ")}`);
  return name;
}

/** Writes newline-delimited JSON in UTF-8. Deterministic for the same clicks in the same order. */
export function toLines(clicks: readonly ArchivedClick[]): Uint8Array {
  return new TextEncoder().encode(clicks.map((click) => `${JSON.stringify(click)}\n`).join(""));
}

/** Reads the output of {@link toLines}. */
export function fromLines(lines: Uint8Array): ArchivedClick[] {
  const texts = new TextDecoder().decode(lines).split("\n");
  return texts.filter((text) => text !== "").map((text) => JSON.parse(text));
}

/** The object key for a day and its lines' hash, so that the same lines are the same object. */
export function archiveKeyOf(day: number, sha256: string): string {
  return `clicks/${toIsoDay(day)}/${sha256}.ndjson.gz`;
}

/** SHA-256 in hex. */
export async function hashBytes(bytes: Uint8Array): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

export function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  return pipe(bytes, new CompressionStream("gzip"));
}

/** Throws if the bytes aren't a complete gzip file. */
export function gunzip(bytes: Uint8Array): Promise<Uint8Array> {
  return pipe(bytes, new DecompressionStream("gzip"));
}

async function pipe(bytes: Uint8Array, through: CompressionStream | DecompressionStream): Promise<Uint8Array> {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(through)).arrayBuffer());
}
