/**
 * Polls a source when its host is free, and makes its status. A failure of the source, foreseen or not, becomes a
 * parked status. While a send to the log stays without an answer, the poll starts again and reads back what arrived.
 */
import * as Effect from "effect/Effect";
import type { Registration } from "#shared/contract/source-records.ts";
import type { SourceStatus } from "#shared/contract/status.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { scheduleOf } from "#shared/runtime/retry.ts";
import { isoNow } from "#shared/runtime/time.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import type { Bulkhead, PollFailure, Producer } from "../sync/index.ts";
import { type PollOptions, parkedStatus, polledStatus, pollSource } from "../sync/index.ts";
import type { SourceStatuses } from "./source-statuses.ts";

export type ProducerFailure = LogFailure | DatabaseError;

export interface Polled {
  readonly status: SourceStatus;
  /** The code of the failure; null: the poll succeeded. */
  readonly code: string | null;
  /** How long the server asks us to wait (Cache-Control, Retry-After), in milliseconds; 0: it does not ask. */
  readonly askedMs: number;
}

/**
 * Polls a source once. The caller puts the returned status into `statuses`. Fails only when the topic log or the
 * producer's own database fails.
 */
export const pollAndReport = Effect.fnUntraced(function* (
  producer: Producer,
  statuses: SourceStatuses,
  registration: Registration,
  options: PollOptions,
): Effect.fn.Return<Polled, ProducerFailure> {
  const { bulkhead, hosts } = producer;
  const { source } = registration;
  const before = statuses.get(registration);
  const poll = Effect.suspend(() => {
    if (before.state === "new") statuses.put({ ...before, state: "reading" });
    return pollSource(producer, registration, options);
  }).pipe(
    Effect.retry({ schedule: scheduleOf("uncertain"), while: isUncertain }),
    // For the types alone: the retry has no end.
    Effect.catchTag("PublishUncertain", Effect.die),
  );
  return yield* bulkhead
    .around(source, () => hosts.turn(source, poll))
    .pipe(
      Effect.zipWith(isoNow, (result, now) => ({
        status: {
          ...polledStatus(before, result, now),
          ...tracesOf(producer, registration),
        },
        code: null,
        askedMs: result.freshMs ?? 0,
      })),
      Effect.catchTag("SourceError", (error) =>
        Effect.map(isoNow, (now) => ({
          status: {
            ...parkedStatus(before, error, now),
            // The poll may have announced a version before it failed.
            version: producer.registry.last(source)?.offset ?? before.version,
            ...tracesOf(producer, registration),
          },
          code: error.code,
          askedMs: error.retryAfterMs ?? 0,
        })),
      ),
      Effect.map((polled) => ({ ...polled, status: withDefects(polled.status, bulkhead) })),
    );
});

/** Adds the number of the source's defects to its status, if it has had any. */
export const withDefects = (status: SourceStatus, bulkhead: Bulkhead): SourceStatus => {
  const defects = bulkhead.defects(status.source);
  return defects === 0 ? status : { ...status, defects };
};

/** What the operator decided about the source, so that the page tells it. */
const tracesOf = (
  { registry }: Producer,
  { source, reread, decided }: Registration,
): Pick<SourceStatus, "reread" | "decided" | "rekeyed"> => {
  const rekeyed = registry.last(source)?.value.rekeyed;
  return {
    ...(reread === undefined ? {} : { reread }),
    ...(decided === undefined ? {} : { decided }),
    ...(rekeyed === undefined ? {} : { rekeyed }),
  };
};

const isUncertain = (error: PollFailure): boolean => error._tag === "PublishUncertain";
