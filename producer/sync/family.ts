/**
 * Families: the sources that publish alike, those of one folder or catalogue that identify their sales by the same
 * columns.
 */
import { posix } from "node:path";
import type { Registration } from "#shared/contract/source-records.ts";
import { acceptedIn, type DoubtCode, decisionOf, type Registry } from "../source/index.ts";

/** Whether the sales of two sources get ids of different scopes (`--id-scope`). undefined: nobody follows the source. */
export const haveOtherScopes = (a: Registration | undefined, b: Registration | undefined): boolean =>
  (a?.idScope ?? null) !== (b?.idScope ?? null);

export const areEqual = (a: readonly string[], b: readonly string[]): boolean =>
  JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());

/** The name of a source's family. */
export function familyOf(
  source: string,
  registration: Registration | undefined,
  identity: readonly string[],
): string {
  const place = registration?.catalogue ?? posix.dirname(source.replace(/[?#].*$/, ""));
  return `${place} ${[...identity].sort().join(",")}`;
}

/** The decision about what a source has in common with a family. */
export const familyDecision = (code: DoubtCode, family: string): string => decisionOf(code, [family]);

/**
 * Whether an operator took the decision `code` between these families: for a source of `own` about `other`, or the
 * other way round. It holds for all sources of both.
 */
export const isAccepted = (registry: Registry, code: DoubtCode, own: string, other: string): boolean =>
  acceptedBy(registry, own).has(familyDecision(code, other)) ||
  acceptedBy(registry, other).has(familyDecision(code, own));

/** The decisions that an operator accepted for a source of the family: they hold for all of it. */
function acceptedBy(registry: Registry, family: string): ReadonlySet<string> {
  const accepted = new Set<string>();
  for (const registration of registry.registrations()) {
    const { source } = registration;
    const own = acceptedIn(registration);
    if (own.length === 0) continue;
    const identity = registry.last(source)?.value.identity;
    // A source that is held has announced nothing: its decision holds for itself (doubts.ts).
    if (identity == null || familyOf(source, registration, identity) !== family) continue;
    for (const decision of own) accepted.add(decision);
  }
  return accepted;
}
