/**
 * The bulkhead between sources: an unforeseen error in the work on one source, catalogue or entry fails that work and
 * does not end the process. It becomes a SourceError (`source.defect`), is counted, and is reported with its trace
 * once for each source and error. Typed failures, interruption, and errors of the database and the log pass through.
 */
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { masked } from "#shared/runtime/masked.ts";
import type { SettingsShape } from "#shared/runtime/settings.ts";
import { fitsIn, recordBytes } from "#shared/topic-log/record-size.ts";
import type { TopicLog } from "#shared/topic-log/topic-log.ts";
import { asFailure, type SourceError, SourceRefusal, sourceError } from "../source/index.ts";

/** An unforeseen error. The producer reports each one once. */
export interface Defect {
  /** The id of the source, catalogue or entry. */
  readonly source: string;
  /** The stack trace, with secrets masked. */
  readonly trace: string;
}

/**
 * SQLite codes that blame a value, a statement or a scratch file of this poll. Every other SQLite error concerns the
 * database itself.
 */
const OF_VALUES = /^SQLITE_(?:TOOBIG|CONSTRAINT|MISMATCH|RANGE|ERROR|CANTOPEN)/;
/** How many reported defects the bulkhead remembers. It may report an older one again. */
const REMEMBERED = 1_000;
/** Characters of the error's message that the status shows. */
const SHOWN_MESSAGE = 200;

/** A defect of the topic log. It passes through, because no source caused it. */
class LogDefect extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

export class Bulkhead {
  readonly #settings: SettingsShape;
  readonly #report: (defect: Defect) => void;
  readonly #counts = new Map<string, number>();
  readonly #reported = new Set<string>();

  constructor(settings: SettingsShape, report: (defect: Defect) => void) {
    this.#settings = settings;
    this.#report = report;
  }

  /** How many defects the work on this source or catalogue has had since the producer started. */
  defects(source: string): number {
    return this.#counts.get(source) ?? 0;
  }

  /**
   * Runs `work`; a defect in it becomes a SourceError of `source` (code `source.defect`). `counted` is the source or
   * catalogue whose count of defects grows: for an entry, its catalogue.
   */
  around<A, E, R>(
    source: string,
    work: () => Effect.Effect<A, E, R>,
    counted = source,
  ): Effect.Effect<A, E | SourceError | DatabaseError, R> {
    return Effect.suspend(work).pipe(
      Effect.catchCause((cause): Effect.Effect<never, E | SourceError | DatabaseError> => {
        const defect = cause.reasons.find(Cause.isDieReason)?.defect;
        if (defect instanceof LogDefect) return Effect.die(defect.cause);
        if (Cause.hasInterrupts(cause) || defect === undefined || isOfDatabase(defect))
          return Effect.failCause(cause);
        // `asFailure` knows some thrown errors (a full disk, a SourceRefusal); only the others are defects.
        return asFailure(
          source,
          this.#settings,
        )(defect).pipe(Effect.catchDefect((unknown) => Effect.fail(this.#park(source, counted, unknown))));
      }),
    );
  }

  #park(source: string, counted: string, defect: unknown): SourceError {
    this.#counts.set(counted, this.defects(counted) + 1);
    const message = masked(defect instanceof Error ? `${defect.name}: ${defect.message}` : String(defect));
    const name = `${source} ${placeOf(defect, message)}`;
    if (!this.#reported.has(name)) {
      for (const oldest of this.#reported) {
        if (this.#reported.size < REMEMBERED) break;
        this.#reported.delete(oldest);
      }
      this.#reported.add(name);
      this.#report({ source, trace: traceOf(defect, message) });
    }
    const what = message.length > SHOWN_MESSAGE ? `${message.slice(0, SHOWN_MESSAGE)}…` : message;
    return sourceError("source.defect", { source, what }, this.#settings.language);
  }
}

const traceOf = (defect: unknown, message: string): string =>
  masked(defect instanceof Error ? (defect.stack ?? message) : message);

/** Two defects are the same when the same line threw them. Their messages may differ, because messages name values. */
const placeOf = (defect: unknown, message: string): string =>
  (defect instanceof Error ? /^\s+at .*$/m.exec(defect.stack ?? "")?.[0] : undefined) ?? message;

const isOfDatabase = (defect: unknown): boolean => {
  const code = defect instanceof Error && "code" in defect ? String(defect.code) : "";
  return code.startsWith("SQLITE_") && !OF_VALUES.test(code);
};

/**
 * The topic log as a poll uses it. A record that is too large for its topic fails the source
 * (`source.record_too_large`). Any other defect of a publish is the log's and passes through the bulkhead.
 */
export const isolatedLog = (log: TopicLog["Service"]): TopicLog["Service"] => ({
  ...log,
  publish: (topic, records) => {
    const most = log.maxRecordBytes(topic);
    const tooLarge = records.find((record) => !fitsIn(most, record));
    if (tooLarge !== undefined)
      return Effect.die(
        new SourceRefusal("source.record_too_large", String(recordBytes(tooLarge)), String(most)),
      );
    return log
      .publish(topic, records)
      .pipe(Effect.catchDefect((defect) => Effect.die(new LogDefect(defect))));
  },
});
