/** The messages between the consumer's thread and the thread that started it. */
import * as Schema from "effect/Schema";
import { DatabaseError } from "#shared/database/sqlite.ts";
import type { SettingsShape } from "#shared/runtime/settings.ts";
import { LogMisconfigured, LogMismatch, LogUnavailable } from "#shared/topic-log/errors.ts";
import type { ConsumerOptions } from "./run.ts";

/** The settings that the consumer and the embedded log read. None is a secret. */
export type ThreadSettings = Pick<
  SettingsShape,
  "data" | "namespace" | "partitions" | "language" | "timeZone" | "currency"
>;

/** The data that the thread starts with. */
export interface ThreadStart {
  readonly settings: ThreadSettings;
  /** As `Traced` of the thread that starts it. */
  readonly traced: string | null;
  /** `process.argv` of the program: messages name commands as it was called. */
  readonly argv: readonly string[];
  /** Where Node keeps compiled modules; undefined: nowhere. */
  readonly compileCache: string | undefined;
}

/** Calls that a consumer in a thread makes to the thread that started it. */
export interface ThreadOptions extends ConsumerOptions {
  /** The longest time in ms, since the call before, in which the thread did nothing else. Called every second. */
  readonly onLoopDelay?: (ms: number) => void;
}

/** A call of one of the options, or the failure with which the consumer ended, encoded by `Failure`. */
export type FromThread =
  | {
      readonly [K in keyof ThreadOptions]-?: readonly [K, Parameters<NonNullable<ThreadOptions[K]>>[0]];
    }[keyof ThreadOptions]
  | readonly ["failed", unknown];

/** The failures of a consumer, which cross from one thread to another. */
export const Failure = Schema.Union([LogUnavailable, LogMisconfigured, LogMismatch, DatabaseError]);
