/** Writes events as JSON (shared/contract/event.ts). The decoder has already made the JSON text of a row. */
import type { RejectRow, Values } from "#shared/contract/event.ts";
import type { EventTopic } from "#shared/contract/topics.ts";
import { type ClaimKey, keyOfClaim } from "../diff/index.ts";

/** What all events of one version have in common. `published`: ISO time; `day`: the day of publication (rule 13). */
export interface Stamp {
  readonly source: string;
  readonly version: number;
  readonly published: string;
  readonly day: string;
}

const BRACE = 0x7b;

/**
 * The same text, in one piece. V8 keeps a concatenation as a tree of its parts until somebody reads a character. The tree
 * of an event takes three times the memory of its text, and thousands of events wait for their batch.
 */
function inOnePiece(text: string): string {
  // Without a use of the character, the compiler drops the read.
  if (text.charCodeAt(0) !== BRACE) throw new Error(`an event is a JSON object: ${text}`);
  return text;
}

export class EventWriter {
  readonly stamp: Stamp;
  readonly #head: string;
  readonly #middle: string;

  constructor(stamp: Stamp) {
    this.stamp = stamp;
    this.#head = `{"v":1,"kind":"row","source":${JSON.stringify(stamp.source)},"version":${stamp.version},"line":`;
    this.#middle = `,"published":"${stamp.published}","day":"${stamp.day}","row":{`;
  }

  /** A row event. `rest`: the JSON behind the key, as the decoder makes it. */
  row(keyColumn: string, key: string, line: number, rest: string): string {
    return inOnePiece(`${this.#head}${line}${this.#middle}"${keyColumn}":${JSON.stringify(key)}${rest}`);
  }

  reject(line: number, row: RejectRow): string {
    return `${this.#head}${line}${this.#middle}${JSON.stringify(row).slice(1)},"extras":{}}`;
  }

  delete(line: number, row: Values): string {
    return this.#other("delete", line, { row });
  }

  fence(): string {
    return this.#other("fence", 0, {});
  }

  #other(kind: "delete" | "fence", line: number, more: object): string {
    const { source, version, published, day } = this.stamp;
    return JSON.stringify({ v: 1, kind, source, version, line, published, day, ...more });
  }
}

/** The row of a delete event: the key, and date_effet of a dated product. */
export function deletedRow(topic: EventTopic, keyColumn: string, claim: ClaimKey): Values {
  const key = keyOfClaim(claim);
  if (topic === "rejets") return { id: key };
  return claim.dated === "" ? { [keyColumn]: key } : { [keyColumn]: key, date_effet: claim.dated };
}
