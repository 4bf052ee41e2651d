/**
 * A look, when it is its host's turn. Failures that are the source's own, unforeseen ones included, are its status; a
 * send without answer is looked into again.
 */
import * as Effect from "effect/Effect";
import type { Registration } from "#shared/contract/source-records.ts";
import type { SourceStatus } from "#shared/contract/status.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { scheduleOf } from "#shared/runtime/retry.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import type { Bulkhead, PollFailure, Producer } from "../sync/index.ts";
import { type PollOptions, parkedStatus, polledStatus, pollSource } from "../sync/index.ts";
import type { SourceStatuses } from "./source-statuses.ts";

export type ProducerFailure = LogFailure | DatabaseError;

export interface Polled {
  readonly status: SourceStatus;
  /** Why the source could not be read; null: it could. */
  readonly code: string | null;
  /** How long the server asks not to be asked again (Cache-Control, Retry-After), in milliseconds; 0: it says nothing. */
  readonly askedMs: number;
}

const nowIso = (): string => new Date().toISOString();

/** The status is the caller's to put on the statuses. */
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
    // Retried for ever.
    Effect.catchTag("PublishUncertain", Effect.die),
  );
  return yield* bulkhead
    .around(source, () => hosts.turn(source, poll))
    .pipe(
      Effect.map((result) => ({
        status: { ...polledStatus(before, result, nowIso()), ...rereadOf(registration) },
        code: null,
        askedMs: result.freshMs ?? 0,
      })),
      Effect.catchTag("SourceError", (error) =>
        Effect.sync(() => ({
          status: {
            ...parkedStatus(before, error, nowIso()),
            // What it announced before it failed: else its word would be older than that.
            version: producer.registry.last(source)?.offset ?? before.version,
            ...rereadOf(registration),
          },
          code: error.code,
          askedMs: error.retryAfterMs ?? 0,
        })),
      ),
      Effect.map((polled) => ({ ...polled, status: withDefects(polled.status, bulkhead) })),
    );
});

/** With how many defects it has had, where it has had any. */
export const withDefects = (status: SourceStatus, bulkhead: Bulkhead): SourceStatus => {
  const defects = bulkhead.defects(status.source);
  return defects === 0 ? status : { ...status, defects };
};

const rereadOf = ({ reread }: Registration): Pick<SourceStatus, "reread"> =>
  reread === undefined ? {} : { reread };

const isUncertain = (error: PollFailure): boolean => error._tag === "PublishUncertain";
