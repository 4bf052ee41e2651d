/** What a producer remembers of a catalogue between two polls, in memory. Losing it costs a download. */
import type { Validators } from "../download/index.ts";
import type { Entries } from "./entries.ts";
import type { Form } from "./listing.ts";

/** The content of a catalogue when it was last read. */
export interface Read extends Entries {
  readonly form: Form;
  readonly note: string;
  /** How long the answer is fresh by its Cache-Control, in milliseconds; null: the server does not say. */
  readonly freshMs: number | null;
}

/** An entry that cannot be registered. */
export interface Refused {
  /** The entry and the catalogue's options as JSON. When they change, the same content is read again. */
  readonly requested: string;
  /** The validators of its content; null: it could not be downloaded. */
  readonly validators: Validators | null;
  readonly reason: string;
  readonly code: string;
}

export class CatalogueMemory {
  validators: Validators | null = null;
  read: Read | undefined;
  readonly refused = new Map<string, Refused>();
}
