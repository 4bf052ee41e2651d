/** An open version, with everything that the steps of its publication need. */
import type { Announcement, Registration } from "#shared/contract/source-records.ts";
import type { Validators } from "../download/index.ts";
import type { Tail, Version } from "../version/index.ts";
import type { Producer } from "./producer.ts";

export interface OpenedVersion {
  readonly producer: Producer;
  readonly registration: Registration;
  readonly version: Version;
  /** The source's last announcement; without its identity columns when the sales get new ids. */
  readonly before: Announcement | undefined;
  /** The request for new ids of sales (`--rekey`) that this version fulfils; undefined: none. */
  readonly rekey: string | undefined;
  readonly validators: Validators;
  /** The version before, when the producer reads only the part that was appended to it; null: it reads the whole. */
  readonly tail: Tail | null;
  /** The producer from which this poll took the source over: it may have died before it looked again (raced.ts). */
  readonly takenFrom: string | undefined;
}
