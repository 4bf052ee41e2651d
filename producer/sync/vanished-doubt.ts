/** The doubt about many rows that a version would delete (rule 10). */
import { type EntityDiff, isHashed, keyOfClaim, type VersionDiff } from "../diff/index.ts";
import { Decision, type Doubt, MOST_ROWS } from "../source/index.ts";

/** One for each entity of which the version deletes many rows. Yields between parts. */
export function* manyVanished(diff: VersionDiff): Generator<void, readonly Doubt[]> {
  const doubts: Doubt[] = [];
  for (const entity of diff.deletingMuch()) doubts.push(yield* ofEntity(entity));
  return doubts;
}

/** The decision is about the rows that are deleted, whatever else changes. */
function* ofEntity(diff: EntityDiff): Generator<void, Doubt> {
  const { entity, counts } = diff;
  const decision = new Decision("vanished.many");
  const rows: string[] = [];
  for (const part of diff.deletions()) {
    for (const claim of part) {
      const key = keyOfClaim(claim);
      decision.add(`${entity.name} ${key} ${claim.dated}`);
      // The database has no row of the hash of a long id.
      if (rows.length < MOST_ROWS && !isHashed(claim.key)) rows.push(key);
    }
    yield;
  }
  return {
    code: "vanished.many",
    decision: decision.toString(),
    weight: "held",
    details: { count: counts.withdrawn, of: counts.covered },
    choices: [
      { code: "delete", withdraws: counts.withdrawn },
      { code: "keep", options: ["--vanished", "keep"], withdraws: 0 },
    ],
    entity: entity.name,
    rows,
  };
}
