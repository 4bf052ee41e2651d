/** What a decoder is made of. */
import type { SettingsShape } from "#shared/runtime/settings.ts";
import type { ReadAs } from "../header/index.ts";
import type { ColumnFormats } from "./columns/formats.ts";

export interface DecoderOptions {
  readonly header: readonly string[];
  /** The announced identity columns; null: this is the first version. */
  readonly identity: readonly string[] | null;
  readonly options?: ReadAs;
  readonly formats?: ColumnFormats;
  /** Is a part of the ids of sales (rule 5). */
  readonly idScope?: string | null | undefined;
  readonly settings: Pick<SettingsShape, "timeZone" | "currency">;
  /** What separates the fields of a raw line; undefined: anything may. */
  readonly delimiter?: string | undefined;
  /** The most bytes of a row in its event. Default: the limit for any log. */
  readonly room?: number;
  /** Fields that are read for ids and currencies alone, and not published (rule 24). */
  readonly hidden?: ReadonlySet<number>;
  /** Fields that are published as empty, because an earlier version published them (rule 24). */
  readonly cleared?: ReadonlySet<number>;
  /** The columns of --key; undefined: the first header decides. */
  readonly key: readonly string[] | undefined;
  /** The column of sale ids came after the first version, so it is data. */
  readonly late: boolean;
}
