/** A preset: how the export of a known program is read. */
import type { EntityName } from "#shared/contract/entities/index.ts";
import type { ReadingOptions } from "#shared/contract/source-records.ts";
import type { Language } from "#shared/runtime/settings.ts";

export interface Preset {
  readonly name: string;
  /** What it is for and what it does not cover. */
  readonly about: Readonly<Record<Language, string>>;
  /** What such a file publishes, unless the operator says otherwise; undefined: its header tells. */
  readonly entities?: readonly EntityName[];
  readonly reading: ReadingOptions;
}
