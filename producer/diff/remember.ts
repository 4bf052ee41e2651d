/** A version that was emitted, into the state: part by part, small ones sharing a transaction. */

import type { EventTopic } from "#shared/topics.ts";
import { STATE_PARTS } from "../fingerprint.ts";
import { HeldPart } from "../state/held-rows.ts";
import type { State } from "../state/state.ts";
import type { PartDecision } from "./entity-diff.ts";

const ROWS_PER_TRANSACTION = 2_000;

/** `decide`: undefined where a part has nothing. Yields between transactions. */
export function* rememberParts(
  state: State,
  source: number,
  topic: EventTopic,
  decide: (part: number) => PartDecision | undefined,
): Generator<void, void> {
  for (let part = 0; part < STATE_PARTS; ) {
    let written = 0;
    state.transaction(() => {
      for (; part < STATE_PARTS && written < ROWS_PER_TRANSACTION; part++) {
        const decision = decide(part);
        if (decision === undefined) continue;
        const { emit, gone, moved } = decision;
        const changes = emit.length + gone.length + moved.length;
        if (changes === 0) continue;
        const held = new HeldPart(state.held(source, topic, part), topic === "produits");
        for (const row of gone) held.remove(row);
        for (const { row, to } of moved) held.put({ ...row, ordinal: to });
        for (const row of emit) held.put(row);
        state.putHeld(source, topic, part, held.encode());
        written += changes;
      }
    });
    yield;
  }
}
