/** `ventes sources confirm`: accepts the doubts about a version, so that it is published (rule 10). */
import * as Effect from "effect/Effect";
import type { DoubtReport } from "#shared/contract/doubt.ts";
import type { Registration } from "#shared/contract/source-records.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { Settings } from "#shared/runtime/settings.ts";
import { isoNow } from "#shared/runtime/time.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { Registry, type SourceError, sourceError } from "../source/index.ts";
import { registeredAs } from "./list.ts";

/** How many decisions a registration keeps: those of versions that were published since are of no use. */
const KEPT_DECISIONS = 64;
/** How many of them it tells, and characters of each. */
const KEPT_TRACES = 8;
const LONGEST_TRACE = 300;

/**
 * Adds the decisions of these doubts to the registration; a running producer then polls the source at once. They hold
 * for every later version about which the same is unclear: one that only has more lines, for example. Fails with
 * SourceError when the source is not registered (`source.not_registered`).
 */
export const confirmSource = Effect.fnUntraced(function* (
  reference: string,
  doubts: readonly Pick<DoubtReport, "decision" | "says">[],
): Effect.fn.Return<Registration, SourceError | DatabaseError | PublishFailure, TopicLog | Settings> {
  const log = yield* TopicLog;
  const { language } = yield* Settings;
  const registry = new Registry(log);
  const source = yield* registeredAs(reference, registry);
  const before = registry.registration(source);
  if (before === undefined) return yield* sourceError("source.not_registered", { source }, language);
  const now = doubts.map(({ decision }) => decision);
  const kept = (before.accepted ?? []).filter((decision) => !now.includes(decision));
  const at = yield* isoNow;
  const decided = doubts.map(({ decision, says }) => ({ at, decision, says: says.slice(0, LONGEST_TRACE) }));
  const registration: Registration = {
    ...before,
    accepted: [...kept, ...now].slice(-KEPT_DECISIONS),
    decided: [...(before.decided ?? []), ...decided].slice(-KEPT_TRACES),
  };
  yield* log.publish("sources", [{ key: source, value: JSON.stringify(registration) }]);
  return registration;
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
