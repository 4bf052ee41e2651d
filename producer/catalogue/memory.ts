/** What one producer keeps of a catalogue between two polls. Losing it costs a download. */
import type { Validators } from "../download/index.ts";
import type { Entries } from "./entries.ts";
import type { Form } from "./listing.ts";

/** What a catalogue listed when it was last read. */
export interface Read extends Entries {
  readonly form: Form;
  readonly note: string;
  /** How long the server says that its answer is fresh, in milliseconds; null: it says nothing. */
  readonly freshMs: number | null;
}

/** An entry that cannot be registered. */
export interface Refused {
  /** The entry and the catalogue's options as JSON when it was read: changed, the same content is read again. */
  readonly said: string;
  /** How its content is known again; null: it could not be fetched. */
  readonly validators: Validators | null;
  readonly reason: string;
}

export class CatalogueMemory {
  validators: Validators | null = null;
  read: Read | undefined;
  readonly refused = new Map<string, Refused>();
}
