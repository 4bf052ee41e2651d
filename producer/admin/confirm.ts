/** `ventes sources confirm`: accepts the doubts about a version, so that it is published (rule 10). */
import * as Effect from "effect/Effect";
import type { DoubtReport } from "#shared/contract/doubt.ts";
import type { Catalogue, Registration } from "#shared/contract/source-records.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { Settings } from "#shared/runtime/settings.ts";
import { isoNow } from "#shared/runtime/time.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { acceptedIn, Registry, type SourceError, sourceError } from "../source/index.ts";
import { registeredAs } from "./list.ts";

/** How many decisions a registration keeps: those of versions that were published since are of no use. */
const KEPT_DECISIONS = 64;
/** How many of them it tells, and characters of each. */
const KEPT_TRACES = 8;
const LONGEST_TRACE = 300;

type Decided = Pick<DoubtReport, "decision" | "says">;

/** A registration, or that of a catalogue, with these decisions too. */
const deciding = <R extends Registration | Catalogue>(
  before: R,
  doubts: readonly Decided[],
  at: string,
): R => {
  const now = doubts.map(({ decision }) => decision);
  const kept = (before.accepted ?? []).filter((decision) => !now.includes(decision));
  const decided = doubts.map(({ decision, says }) => ({ at, decision, says: says.slice(0, LONGEST_TRACE) }));
  return {
    ...before,
    accepted: [...kept, ...now].slice(-KEPT_DECISIONS),
    decided: [...(before.decided ?? []), ...decided].slice(-KEPT_TRACES),
  };
};

/**
 * Adds the decisions of these doubts to the registration; a running producer then polls the source at once. They hold
 * for every later version about which the same is unclear: one that only has more lines, for example. Fails with
 * SourceError when the source is not registered (`source.not_registered`).
 */
export const confirmSource = Effect.fnUntraced(function* (
  reference: string,
  doubts: readonly Decided[],
): Effect.fn.Return<Registration, SourceError | DatabaseError | PublishFailure, TopicLog | Settings> {
  const log = yield* TopicLog;
  const { language } = yield* Settings;
  const registry = new Registry(log);
  const source = yield* registeredAs(reference, registry);
  const before = registry.registration(source);
  if (before === undefined) return yield* sourceError("source.not_registered", { source }, language);
  const registration = deciding(before, doubts, yield* isoNow);
  yield* log.publish("sources", [{ key: source, value: JSON.stringify(registration) }]);
  return registration;
});

/**
 * Adds the decisions to the registration of a catalogue: they hold for all its entries, later ones too, once a
 * producer has polled the catalogue. `catalogue`: its id. Fails with SourceError when it is not registered
 * (`source.not_registered`).
 */
export const confirmCatalogue = Effect.fnUntraced(function* (
  catalogue: string,
  doubts: readonly Decided[],
): Effect.fn.Return<Catalogue, SourceError | DatabaseError | PublishFailure, TopicLog | Settings> {
  const log = yield* TopicLog;
  const registry = new Registry(log);
  yield* registry.refresh(registry.partition(catalogue));
  const before = registry.catalogue(catalogue);
  if (before === undefined)
    return yield* sourceError("source.not_registered", { source: catalogue }, (yield* Settings).language);
  const registered = deciding(before, doubts, yield* isoNow);
  yield* log.publish("sources", [{ key: catalogue, value: JSON.stringify(registered) }]);
  return registered;
});

/**
 * Takes decisions back, all of them when none is named: of a source, or of a catalogue for all its entries. What
 * was published stays; from the next version on the same is unclear again. Returns the decisions. Fails with
 * SourceError when nothing has this id (`source.not_registered`), and when one was not taken there
 * (`source.not_accepted`).
 */
export const revokeDecisions = Effect.fnUntraced(function* (
  id: string,
  decisions: readonly string[],
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Effect.fn.Return<readonly string[], SourceError | DatabaseError | PublishFailure, TopicLog | Settings> {
  const log = yield* TopicLog;
  const { language } = yield* Settings;
  const registry = new Registry(log);
  yield* registry.refresh(registry.partition(id));
  const before = registry.registration(id) ?? registry.catalogue(id);
  if (before === undefined) return yield* sourceError("source.not_registered", { source: id }, language);
  const { accepted = [], decided = [], ...rest } = before;
  const revoked = decisions.length === 0 ? accepted : decisions;
  const unknown = decisions.find((decision) => !accepted.includes(decision));
  if (unknown !== undefined || revoked.length === 0) {
    const isOfAll = before.kind === "source" && unknown !== undefined && acceptedIn(before).includes(unknown);
    const more = isOfAll ? before.catalogue : undefined;
    return yield* sourceError(
      "source.not_accepted",
      {
        source: id,
        ...(unknown === undefined ? {} : { what: unknown }),
        ...(more === undefined ? {} : { more }),
      },
      language,
    );
  }
  const left = accepted.filter((decision) => !revoked.includes(decision));
  const traces = decided.filter(({ decision }) => !revoked.includes(decision));
  const registration = {
    ...rest,
    ...(left.length === 0 ? {} : { accepted: left }),
    ...(traces.length === 0 ? {} : { decided: traces }),
  };
  if (!dryRun) yield* log.publish("sources", [{ key: id, value: JSON.stringify(registration) }]);
  return revoked;
});

/**
 * The doubts of a source that a command names: those with these decisions, or all when it names none. A decision may be
 * named with another answer, as one of its choices has it. Fails with SourceError when one of them is not open
 * (`source.nothing_held`).
 */
export const namedDoubts = Effect.fnUntraced(function* (
  source: string,
  open: readonly DoubtReport[],
  decisions: readonly string[],
): Effect.fn.Return<readonly DoubtReport[], SourceError, Settings> {
  const { language } = yield* Settings;
  if (open.length === 0) return yield* sourceError("source.nothing_held", { source }, language);
  if (decisions.length === 0) return open;
  const named: DoubtReport[] = [];
  for (const decision of decisions) {
    const doubt = open.find(
      (d) => d.decision === decision || d.choices.some(({ accepts }) => accepts === decision),
    );
    if (doubt === undefined)
      return yield* sourceError("source.nothing_held", { source, what: decision }, language);
    named.push({ ...doubt, decision });
  }
  return named;
});
