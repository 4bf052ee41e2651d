/** Downloads a source into the spool with a conditional request. Retries by the table of retry.ts. */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { POLICIES, scheduleOf } from "#shared/runtime/retry.ts";
import type { SettingsShape } from "#shared/runtime/settings.ts";
import { newId } from "#shared/runtime/time.ts";
import type { Trusted } from "../source/index.ts";
import { asFailure, isFileSource, SourceError } from "../source/index.ts";
import type { Fetched, Validators } from "./fetched.ts";
import { fetchFile } from "./file.ts";
import { fetchHttp, type HttpClient, Retryable } from "./http.ts";
import { Partial } from "./partial.ts";
import { spoolPathOf } from "./spool.ts";

export interface FetchOptions {
  readonly client: HttpClient;
  readonly settings: SettingsShape;
  readonly source: string;
  /** The validators of its last version; null: download the content in any case. */
  readonly known: Validators | null;
  /**
   * The byte of the known content from which the caller can use an appended tail: the start of the last record that
   * may still grow. null: the caller needs the whole content.
   */
  readonly resumeFrom: number | null;
  /** Whether only a topic, to which other programs may write, names the source. */
  readonly throughTopic: boolean;
  /** The followed folder in which the file was found. Default: none. */
  readonly within?: string | null;
  /** Default: an operator named it. A discovered file must be under VENTES_FILES. */
  readonly trusted?: Trusted;
  /** Largest content in bytes. Default: the limit of LIMITS. */
  readonly maxBytes?: number;
  /** Keep a cut download, to continue it at the next poll. Only the owner of the data directory may. Default: no. */
  readonly goOn?: boolean;
}

/** The longest Retry-After that a poll waits for. A longer one parks the source. */
const LONGEST_RETRY_AFTER_MS = POLICIES.download.longestMs;

export const fetchSource = Effect.fnUntraced(function* (
  options: FetchOptions,
): Effect.fn.Return<Fetched, SourceError | DatabaseError> {
  const { client, settings, source, known, resumeFrom, throughTopic } = options;
  const { trusted = "operator", maxBytes = client.limits.bytes, goOn = false, within = null } = options;
  const isUnderFiles = throughTopic && (settings.kafka !== null || trusted === "discovered");
  const fail = asFailure(source, settings);
  const clock = yield* Clock.Clock;
  const once = Effect.flatMap(newId, (id) =>
    Effect.tryPromise({
      try: (signal) => {
        const spool = spoolPathOf(settings.data, id);
        return isFileSource(source)
          ? fetchFile({
              source,
              spool,
              known,
              resumeFrom,
              under: isUnderFiles ? { folder: settings.files } : null,
              within,
              limits: { ...client.limits, bytes: maxBytes },
              signal,
              clock,
            })
          : fetchHttp({
              client,
              source,
              spool,
              partial: goOn ? new Partial(settings.data, source, clock) : null,
              known,
              resumeFrom,
              trusted,
              maxBytes,
              allowPrivate: settings.allowPrivate,
              signal,
              clock,
            });
      },
      catch: (error) => error,
    }),
  );
  return yield* once.pipe(
    Effect.tapError((error) =>
      error instanceof Retryable && isShort(error.afterMs) ? Effect.sleep(error.afterMs ?? 0) : Effect.void,
    ),
    Effect.retry({
      schedule: scheduleOf("download"),
      while: (error) => error instanceof Retryable && isShort(error.afterMs),
    }),
    Effect.catch((error) =>
      error instanceof Retryable
        ? fail(error.refusal).pipe(Effect.mapError((refused) => withRetryAfter(refused, error.afterMs)))
        : fail(error),
    ),
  );
});

const withRetryAfter = (error: SourceError | DatabaseError, afterMs: number | undefined) =>
  error._tag === "SourceError" && afterMs !== undefined
    ? new SourceError({
        source: error.source,
        code: error.code,
        sentence: error.sentence,
        retryAfterMs: afterMs,
      })
    : error;

const isShort = (ms: number | undefined): boolean => (ms ?? 0) <= LONGEST_RETRY_AFTER_MS;
