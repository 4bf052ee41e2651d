/** The fields of a header and how each is read, to show them to a person. */
import type { Slot } from "./slots.ts";

/** How one field of the header is read, to show it to a person. */
export interface ReadField {
  /** The name in the file. */
  readonly field: string;
  /** null: the field is an extra. */
  readonly column: string | null;
  readonly name: string;
  /** The format of its numbers or dates, if there was a choice. */
  readonly format: string | null;
  /** It is read for the ids or the currency, and its values are not published. */
  readonly hidden?: true;
}

/** The fields in the order of the header; values that the operator gives to every record come last. */
export function readFields(header: readonly string[], slots: readonly Slot[]): readonly ReadField[] {
  const order = (slot: Slot) => (slot.at < 0 ? header.length : slot.at);
  return slots
    .toSorted((a, b) => order(a) - order(b))
    .map((slot) => ({
      field:
        slot.constant !== undefined
          ? `= ${slot.constant}`
          : (slot.joined?.parts.map((part) => ("at" in part ? header[part.at] : part.value)).join(" + ") ??
            slot.published),
      column: slot.kind === "extra" ? null : slot.name,
      name: slot.name,
      format: slot.decimal ?? slot.day ?? null,
      ...(slot.shows !== "value" ? { hidden: true as const } : {}),
    }));
}
