/** What a version is opened with. */
import type { EntityName } from "#shared/contract/entities/index.ts";
import type { Announcement, ReadingDecisions, ReadingOptions } from "#shared/contract/source-records.ts";
import type { SettingsShape } from "#shared/runtime/settings.ts";
import type { LastVersion } from "../diff/index.ts";

/** The version before, of which the file is the continuation: from its `end`, in its reading. */
export interface Tail extends LastVersion {
  readonly end: NonNullable<LastVersion["end"]>;
  readonly reading: ReadingDecisions;
}

export interface VersionOptions {
  /** In the spool; the caller removes it. Beside it, under another name, may stand a copy in UTF-8, until `close`. */
  readonly file: string;
  /** What it publishes, parents first; undefined: as its header tells. */
  readonly entities: readonly EntityName[] | undefined;
  /** How it is to be read, presets resolved. */
  readonly reading: ReadingOptions;
  readonly idScope?: string | undefined;
  /** The charset of Content-Type; null: HTTP states none. */
  readonly charset: string | null;
  readonly source: string;
  readonly settings: SettingsShape;
  /** The source's last announced version: its identity, header and open line. */
  readonly before: Announcement | undefined;
  /** Whether a last line without a line end is a record. */
  readonly complete: boolean;
  /** Only what was appended to this version is read; null: the whole file. */
  readonly tail: Tail | null;
  /** Bytes that a row may take in its event. Default: what any log holds. */
  readonly room?: number;
}
