/** Doubts about ids of a version that other sources use for other sales (rule 6): two tills that number from 1. */
import * as Effect from "effect/Effect";
import { inSlices } from "#shared/runtime/slices.ts";
import { type EntityDiff, isHashed, type VersionDiff } from "../diff/index.ts";
import { hasSaleIds } from "../rows/index.ts";
import { asFailure, type Doubt } from "../source/index.ts";
import type { PollFailure } from "./failure.ts";
import { familyDecision, familyOf, haveOtherScopes, isAccepted } from "./family.ts";
import { asDocuments, asOneSale, asOthers } from "./namesake-choices.ts";
import type { OpenedVersion } from "./opened-version.ts";
import { type OtherSource, otherSales } from "./other-sales.ts";

const CODE = "ids.collision";
/** Of the ids that two sources share, the part that may name different sales: they are corrections. */
export const COLLIDING = 1 / 5;
/** How many ids and sources a doubt shows. */
const SHOWN = 5;

/**
 * One for each family of sources. Reads the events of other sources that this producer does not hold. `all`: looks at the known
 * ids too, and at the sources of other producers than the one from which the source was taken over.
 */
export const collisionDoubts = Effect.fnUntraced(function* (
  opened: OpenedVersion,
  { main }: VersionDiff,
  { all = false }: { readonly all?: boolean } = {},
): Effect.fn.Return<readonly Doubt[], PollFailure> {
  const { producer, registration, takenFrom } = opened;
  // With another scope its ids are others, at the latest when it is read again.
  const isApart = (source: string) => haveOtherScopes(producer.registry.registration(source), registration);
  const others = yield* otherSales(
    opened,
    (last) => hasSaleIds(last) && !(all && last.producer === takenFrom) && !isApart(last.source),
  );
  if (others.size === 0) return [];
  const families = yield* inSlices(
    () => collisionsIn(opened, all ? main.allIds() : main.freshIds(), others),
    asFailure(registration.source, producer.settings),
  );
  const { before, version } = opened;
  const own = familyOf(registration.source, registration, before?.identity ?? version.identity);
  return [...families].flatMap(([family, found]) =>
    found.count <= found.met * COLLIDING || isAccepted(producer.registry, CODE, own, family)
      ? []
      : [doubtOf(opened, family, found)],
  );
});

function doubtOf(opened: OpenedVersion, family: string, { count, names, examples }: Collisions): Doubt {
  const decision = familyDecision(CODE, family);
  return {
    code: CODE,
    decision,
    weight: "held",
    details: { count, what: [...names].sort().slice(0, SHOWN).join(", "), examples },
    choices: [asOthers(opened), ...asDocuments(opened), asOneSale(opened, decision, "lastSaid")],
    rows: examples,
    entity: "ventes",
  };
}

interface Collisions {
  /** New ids of the version that sources of the family have, and how many of these name another sale there. */
  met: number;
  count: number;
  /** The sources that have those, and some of the ids. */
  readonly names: Set<string>;
  readonly examples: string[];
}

/** Compares the new ids with those of the other sources, by family. Yields between parts. */
function* collisionsIn(
  { producer, registration }: OpenedVersion,
  ids: ReturnType<EntityDiff["freshIds" | "allIds"]>,
  others: ReadonlyMap<number, OtherSource>,
): Generator<void, ReadonlyMap<string, Collisions>> {
  const { state, registry } = producer;
  const { id } = state.source(registration.source);
  const numbers = new Set(others.keys());
  const families = new Map<string, Collisions>();
  const familyNames = new Map<number, string>();
  const nameOf = (source: number): string => {
    const known = familyNames.get(source);
    if (known !== undefined) return known;
    const url = (others.get(source) as OtherSource).source;
    const name = familyOf(url, registry.registration(url), registry.last(url)?.value.identity ?? []);
    familyNames.set(source, name);
    return name;
  };
  for (const { part, rows } of ids) {
    const lines = new Map(rows.map((row) => [row.key, row]));
    const elsewhere = new Map<string, { source: number; isSame: boolean }>();
    for (const [source, held] of state.heldByOthers(id, "ventes", part, numbers))
      for (const row of held) {
        const line = row.ordinal === 0 ? lines.get(row.key) : undefined;
        if (line === undefined) continue;
        const name = `${nameOf(source)}\n${row.key}`;
        if (elsewhere.get(name)?.isSame !== true) elsewhere.set(name, { source, isSame: row.b === line.b });
      }
    for (const [name, { source, isSame }] of elsewhere) {
      const family = nameOf(source);
      const found = families.get(family) ?? { met: 0, count: 0, names: new Set(), examples: [] };
      families.set(family, found);
      found.met++;
      if (isSame) continue;
      found.count++;
      found.names.add((others.get(source) as OtherSource).source);
      const key = name.slice(family.length + 1);
      if (found.examples.length < SHOWN && !isHashed(key)) found.examples.push(key);
    }
    yield;
  }
  return families;
}
