/**
 * What another producer published at the same moment, as doubts about a version whose events were just sent: each
 * of the two looks again after its last event, so one of them sees the other's (rules 5, 6, 23).
 */
import * as Effect from "effect/Effect";
import type { DoubtReport } from "#shared/contract/doubt.ts";
import { acceptedIn, reportOf } from "../source/index.ts";
import type { DiffedVersion } from "./diff-version.ts";
import type { PollFailure } from "./failure.ts";
import { collisionDoubts } from "./id-collisions.ts";
import type { OpenedVersion } from "./opened-version.ts";
import { foreignNews } from "./other-sales.ts";
import { isRaced } from "./other-sources.ts";
import { overlapDoubts } from "./overlap-doubt.ts";

/**
 * Empty when no other producer has published sales since the version was compared. A producer that took the source over looks
 * at all its sales: the one before may have died before it looked again. So does one that told a race before.
 */
export const racedDoubts = Effect.fnUntraced(function* (
  opened: OpenedVersion,
  diffed: DiffedVersion,
): Effect.fn.Return<readonly DoubtReport[], PollFailure> {
  const { main } = diffed.diff;
  if (!main.entity.derivedKey || opened.rekey !== undefined) return [];
  const { registration, producer } = opened;
  const { source } = registration;
  const isTold = isRaced(producer.state.source(source).last?.attention);
  const all = opened.takenFrom !== undefined || isTold;
  if (!all && (main.emitted === 0 || !(yield* foreignNews(opened)))) return [];
  const accepted = acceptedIn(registration);
  // The version is published now, so a command that changes its ids must say so.
  const published = { ...opened, before: producer.registry.last(source)?.value };
  const scope = { all };
  return [
    ...(yield* collisionDoubts(published, diffed.diff, scope)),
    ...(yield* overlapDoubts(published, diffed, scope)),
  ]
    .filter(({ weight, decision }) => weight === "held" && !accepted.includes(decision))
    .map((doubt) => reportOf({ ...doubt, weight: "attention" }, source, producer.settings.language));
});
