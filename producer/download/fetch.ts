/** One look at a source: conditional, spooled, retried by the table of retry.ts. */
import * as Effect from "effect/Effect";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { POLICIES, scheduleOf } from "#shared/runtime/retry.ts";
import type { SettingsShape } from "#shared/runtime/settings.ts";
import type { Trusted } from "../source/index.ts";
import { asFailure, isFileSource, SourceError } from "../source/index.ts";
import type { Fetched, Validators } from "./fetched.ts";
import { fetchFile } from "./file.ts";
import { fetchHttp, type HttpClient, Retryable } from "./http.ts";
import { Partial } from "./partial.ts";
import { spoolPath } from "./spool.ts";

export { spoolPath } from "./spool.ts";

export interface FetchOptions {
  readonly client: HttpClient;
  readonly settings: SettingsShape;
  readonly source: string;
  /** How its last version is known again; null: give the content whatever it is. */
  readonly known: Validators | null;
  /**
   * The byte of the known content from which an appended tail is wanted: the start of the last record that may
   * still grow. null: a tail is of no use, give the whole.
   */
  readonly resumeFrom: number | null;
  /** Whether it was named through a topic that others may write to. */
  readonly throughTopic: boolean;
  /** The followed folder that a file was found in. Default: none. */
  readonly within?: string | null;
  /** Default: an operator named it. Of what is discovered, only files under VENTES_FILES are read. */
  readonly trusted?: Trusted;
  /** Default: LIMITS. */
  readonly maxBytes?: number;
  /** A cut download is kept and goes on at the next look: for who holds the data directory alone. Default: no. */
  readonly goOn?: boolean;
}

/** Longest wait that a Retry-After is honoured within one look; a longer one parks the source. */
const LONGEST_RETRY_AFTER_MS = POLICIES.download.longestMs;

export const fetchSource = Effect.fnUntraced(function* (
  options: FetchOptions,
): Effect.fn.Return<Fetched, SourceError | DatabaseError> {
  const { client, settings, source, known, resumeFrom, throughTopic } = options;
  const { trusted = "operator", maxBytes = client.limits.bytes, goOn = false, within = null } = options;
  const isUnderFiles = throughTopic && (settings.kafka !== null || trusted === "discovered");
  const fail = asFailure(source, settings);
  const once = Effect.tryPromise({
    try: (signal) => {
      const spool = spoolPath(settings.data);
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
          })
        : fetchHttp({
            client,
            source,
            spool,
            partial: goOn ? new Partial(settings.data, source) : null,
            known,
            resumeFrom,
            trusted,
            maxBytes,
            allowPrivate: settings.allowPrivate,
            signal,
          });
    },
    catch: (error) => error,
  });
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
