/** A look whose failures are the source's own are its status; a send without answer is looked into again. */
import * as Effect from "effect/Effect";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import type { Registration, SourceStatus } from "#shared/event.ts";
import { scheduleOf } from "#shared/retry.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import type { LookFailure, Producer } from "../sync/index.ts";
import { type LookOptions, lookAt, lookedStatus, parkedStatus } from "../sync/index.ts";
import type { Board } from "./board.ts";

export type ProducerFailure = LogFailure | DatabaseError;

export interface Looked {
  readonly status: SourceStatus;
  /** Why the source could not be read; null: it could. */
  readonly code: string | null;
  /** How long the server asks not to be asked again (Cache-Control, Retry-After), in milliseconds; 0: it says nothing. */
  readonly askedMs: number;
}

const nowIso = (): string => new Date().toISOString();

/** The status is the caller's to put on the board. */
export const lookTold = Effect.fnUntraced(function* (
  producer: Producer,
  board: Board,
  registration: Registration,
  options: LookOptions,
): Effect.fn.Return<Looked, ProducerFailure> {
  const before = board.get(registration);
  if (before.state === "new") board.put({ ...before, state: "reading" });
  return yield* lookAt(producer, registration, options).pipe(
    Effect.retry({ schedule: scheduleOf("uncertain"), while: isUncertain }),
    // Retried for ever.
    Effect.catchTag("PublishUncertain", Effect.die),
    Effect.map((result) => ({
      status: { ...lookedStatus(before, result, nowIso()), ...rereadOf(registration) },
      code: null,
      askedMs: result.freshMs ?? 0,
    })),
    Effect.catchTag("SourceError", (error) =>
      Effect.sync(() => ({
        status: { ...parkedStatus(before, error, nowIso()), ...rereadOf(registration) },
        code: error.code,
        askedMs: error.retryAfterMs ?? 0,
      })),
    ),
  );
});

const rereadOf = ({ reread }: Registration): Pick<SourceStatus, "reread"> =>
  reread === undefined ? {} : { reread };

const isUncertain = (error: LookFailure): boolean => error._tag === "PublishUncertain";
