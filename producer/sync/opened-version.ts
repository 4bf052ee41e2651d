/** A version on its way from the spool to the topics: what each step of publishing it needs. */
import type { Announcement, Registration } from "#shared/contract/source-records.ts";
import type { Validators } from "../download/index.ts";
import type { Tail, Version } from "../version/index.ts";
import type { Producer } from "./producer.ts";

export interface OpenedVersion {
  readonly producer: Producer;
  readonly registration: Registration;
  readonly version: Version;
  /** The source's last announcement; without its identity where the sales get new ids. */
  readonly before: Announcement | undefined;
  /** Which request for new ids of sales (`--rekey`) this version fulfils; undefined: none. */
  readonly rekey: string | undefined;
  readonly validators: Validators;
  /** The version before, when only what was appended to it is read. */
  readonly tail: Tail | null;
}
