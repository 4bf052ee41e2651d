/** The options with which a version is opened. */
import type { EntityName } from "#shared/contract/entities/index.ts";
import type { Announcement, ReadingDecisions } from "#shared/contract/source-records.ts";
import type { SettingsShape } from "#shared/runtime/settings.ts";
import type { LastVersion } from "../diff/index.ts";
import type { ReadAs } from "../header/index.ts";

/** The version that the file continues, from its `end` and with its reading decisions. */
export interface Tail extends LastVersion {
  readonly end: NonNullable<LastVersion["end"]>;
  readonly reading: ReadingDecisions;
}

export interface VersionOptions {
  /** A file in the spool, which the caller removes. A UTF-8 copy may exist beside it until `close`. */
  readonly file: string;
  /** The entities that it publishes, parents first; undefined: its header decides. */
  readonly entities: readonly EntityName[] | undefined;
  /** The reading options, with those of the preset. */
  readonly reading: ReadAs;
  readonly idScope?: string | undefined;
  /** The charset of Content-Type; null: there is none. */
  readonly charset: string | null;
  readonly source: string;
  readonly settings: SettingsShape;
  /** The source's last announced version: its identity, header and open line. */
  readonly before: Announcement | undefined;
  /** Whether a last line without a line end is a record. */
  readonly complete: boolean;
  /** The version before, when only the part that was appended to it is read; null: the whole file is read. */
  readonly tail: Tail | null;
  /** The sales had ids that `--rekey` replaces. */
  readonly replacesIds?: boolean;
  /** The reading options are those of a catalogue: each applies to the files that it fits. */
  readonly shared?: boolean;
  /** The most bytes of a row in its event. Default: the limit for any log. */
  readonly room?: number;
}
