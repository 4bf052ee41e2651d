/** A preset: the options with which the export of a known program is read. */
import type { EntityName } from "#shared/contract/entities/index.ts";
import type { ReadingOptions } from "#shared/contract/source-records.ts";
import type { Language } from "#shared/runtime/settings.ts";

export interface Preset {
  readonly name: string;
  /** Which export it reads, and what it does not cover. */
  readonly about: Readonly<Record<Language, string>>;
  /** The entities of such a file, unless the operator names others; undefined: its header decides. */
  readonly entities?: readonly EntityName[];
  readonly reading: ReadingOptions;
}
