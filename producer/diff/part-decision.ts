/** The decision on one part of the keys, and the records and held rows of each key. */

import type { ClaimKey } from "./claim-key.ts";
import type { SpilledRecord } from "./spill.ts";
import { type HeldRow, heldKey } from "./state/held-rows.ts";

export interface PartDecision {
  /** The held rows before the version. */
  readonly held: readonly HeldRow[];
  readonly emit: readonly (HeldRow & { readonly n: number })[];
  readonly gone: readonly ClaimKey[];
  /** Kept duplicates that must be emitted again under a lower ordinal. */
  readonly moved: readonly { readonly row: HeldRow; readonly to: number }[];
  /** Unchanged rows at a new place of the file (rule 9). */
  readonly placed: readonly HeldRow[];
}

export interface Group {
  readonly lines: SpilledRecord[];
  held: HeldRow[];
}
const NO_LINES: SpilledRecord[] = [];
const NOTHING_HELD: HeldRow[] = [];

/** Groups lines and held rows by `heldKey`. Nearly every key has one of each, so each array starts with one element. */
export function grouped(lines: readonly SpilledRecord[], held: readonly HeldRow[]): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const line of lines) {
    const key = heldKey(line.key, line.derived ? 1 : line.ordinal);
    const found = groups.get(key);
    if (found === undefined) groups.set(key, { lines: [line], held: NOTHING_HELD });
    else found.lines.push(line);
  }
  for (const h of held) {
    const found = groups.get(h.key);
    if (found === undefined) groups.set(h.key, { lines: NO_LINES, held: [h] });
    else if (found.held === NOTHING_HELD) found.held = [h];
    else found.held.push(h);
  }
  return groups;
}
