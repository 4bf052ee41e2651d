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

/** An error that nobody foresaw, told once. */
export interface Defect {
  /** The source's or catalogue's id. */
  readonly source: string;
  /** With its trace, without secrets. */
  readonly trace: string;
}

/** What SQLite says of what it is given, or of a file of the look's own. All else of it breaks the database. */
const OF_VALUES = /^SQLITE_(?:TOOBIG|CONSTRAINT|MISMATCH|RANGE|ERROR|CANTOPEN)/;
/** Defects that are remembered as told; beyond it the oldest is told again. */
const REMEMBERED = 1_000;
const SHOWN_MESSAGE = 200;

/** A defect of the log itself: no source is to blame. */
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

  /** How many defects the work on it has had. */
  defects(source: string): number {
    return this.#counts.get(source) ?? 0;
  }

  /** `counted`: the source or catalogue to which the defects of an entry are counted. */
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
        // A full disk, a refusal that was thrown where none was expected, ...
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

/** What makes two defects the same: where they were thrown, for messages name values. */
const placeOf = (defect: unknown, message: string): string =>
  (defect instanceof Error ? /^\s+at .*$/m.exec(defect.stack ?? "")?.[0] : undefined) ?? message;

const isOfDatabase = (defect: unknown): boolean => {
  const code = defect instanceof Error && "code" in defect ? String(defect.code) : "";
  return code.startsWith("SQLITE_") && !OF_VALUES.test(code);
};

/**
 * The log as a look uses it: a record that it would refuse for its size is the source's failure, and what is wrong
 * with a publish in itself is not.
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
