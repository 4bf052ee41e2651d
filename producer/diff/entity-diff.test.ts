/** The diff decides a large part in slices. The decisions and the state are the same as for the whole part at once. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { ventes } from "#shared/contract/entities/index.ts";
import { EntityDiff } from "./entity-diff.ts";
import { STATE_PARTS } from "./fingerprint.ts";
import { saleStem } from "./identity.ts";
import { RejectDiff } from "./reject-diff.ts";
import { SaleDays } from "./sale-days.ts";
import type { SpilledRecord } from "./spill.ts";
import { openScratchState } from "./state/producer-db.ts";
import { State } from "./state/state.ts";
import { NOTHING_BEFORE, type OrderBefore, Vanishing } from "./vanishing.ts";

interface Line {
  readonly id: string | null;
  readonly day: number;
  readonly says: number;
}

const line: fc.Arbitrary<Line> = fc.record({
  id: fc.option(fc.constantFrom("a", "b", "a-very-long-id-of-a-sale-that-is-held-as-its-hash", "é")),
  day: fc.integer({ min: 1, max: 4 }),
  says: fc.integer({ min: 1, max: 3 }),
});

const spilled = ({ id, day, says }: Line, n: number): SpilledRecord => ({
  n,
  line: n + 1,
  key: id ?? saleStem([], { date_vente: `2024-01-0${day}` }, {}),
  ordinal: 0,
  derived: id === null,
  dated: "",
  a: says,
  b: 0,
  day: id === null ? "" : `2024-01-0${day}`,
  stem: "",
});

it("a diff in slices decides the same as a diff of whole parts", () => {
  const folder = mkdtempSync(join(tmpdir(), "ventes-slices-"));
  try {
    fc.assert(
      fc.property(fc.array(fc.array(line, { maxLength: 12 }), { maxLength: 4 }), (versions) => {
        const [whole, sliced] = [Number.POSITIVE_INFINITY, -1].map((slicedBytes) => {
          const db = openScratchState();
          const state = new State(db);
          let order: OrderBefore = NOTHING_BEFORE;
          const told = versions.map((lines, v) => {
            const vanishing = new Vanishing("rule", order);
            const options = {
              state,
              source: 1,
              appended: false,
              scratch: join(folder, `${slicedBytes}-${v}`),
            };
            const rejects = new RejectDiff({ ...options, scratch: `${options.scratch}.rejets` });
            const diff = new EntityDiff({
              ...options,
              entity: ventes,
              dropDuplicates: false,
              vanishing,
              isWide: false,
              sales: new SaleDays(),
              slicedBytes,
            });
            for (const [n, one] of lines.entries()) {
              diff.rows.add(spilled(one, n));
            }
            for (const _ of diff.decide(rejects));
            const emitted = lines.map((_, n) => diff.decisions.isEmitted(n) && diff.decisions.ordinal(n));
            for (const _ of diff.remember());
            order = { ...NOTHING_BEFORE, ...vanishing.after(null).order, hasKept: diff.counts.vanished > 0 };
            diff.close();
            rejects.close();
            const held = Array.from({ length: STATE_PARTS }, (_, part) =>
              state.held(1, "ventes", part),
            ).flat();
            return {
              emitted,
              counts: diff.counts,
              withdrawals: diff.withdrawals,
              held: held.map((h) => JSON.stringify(h)).sort(),
            };
          });
          db.close();
          return told;
        });
        expect(sliced).toEqual(whole);
      }),
      { numRuns: 40 },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
