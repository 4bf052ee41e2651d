/** Writes an emitted version into the state, part by part. Several small parts share a transaction. */

import type { EventTopic } from "#shared/contract/topics.ts";
import { STATE_PARTS } from "./fingerprint.ts";
import type { PartDecision } from "./part-decision.ts";
import { encodedUpTo, HeldPart } from "./state/held-rows.ts";
import type { State } from "./state/state.ts";

const ROWS_PER_TRANSACTION = 2_000;

/** `decide`: the decisions on a part, slice by slice. Yields between transactions. */
export function* rememberParts(
  state: State,
  source: number,
  topic: EventTopic,
  decide: (part: number) => Iterable<PartDecision>,
): Generator<void, void> {
  for (let part = 0; part < STATE_PARTS; ) {
    let written = 0;
    state.transaction(() => {
      for (; part < STATE_PARTS && written < ROWS_PER_TRANSACTION; part++) {
        // One buffer for all parts: with two buffers for each part, memory grows faster than it is freed.
        let end = 0;
        let changes = 0;
        for (const { held, emit, gone, moved, placed } of decide(part)) {
          const rows = new HeldPart(held, topic === "produits");
          for (const row of placed) rows.put(row);
          for (const row of gone) rows.remove(row);
          for (const { row, to } of moved) rows.put({ ...row, ordinal: to });
          for (const row of emit) rows.put(row);
          changes += emit.length + gone.length + moved.length + placed.length;
          end = rows.encodeAfter(end);
        }
        if (changes > 0) state.putHeld(source, topic, part, encodedUpTo(end));
        written += changes;
      }
    });
    yield;
  }
}
