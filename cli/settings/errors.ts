/**
 * How a command ends. Every failure that we know is one line on stderr and an exit code; what we do not know is a
 * defect and keeps its trace. 0 done, 1 failed, 2 wrong usage, 130 interrupted (contract).
 */
import * as Cause from "effect/Cause";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import * as Schema from "effect/Schema";
import { visibleSource } from "../texts/visible.ts";

/** The command was called wrongly; the line says what was expected. Exit 2. */
export class WrongUsage extends Schema.TaggedError<WrongUsage>()("WrongUsage", { message: Schema.String }) {}

/** The command was called rightly and could not do it, or found something that needs a person. Exit 1. */
export class Failed extends Schema.TaggedError<Failed>()("Failed", { message: Schema.String }) {}

export const EXIT = { done: 0, failed: 1, wrongUsage: 2, interrupted: 130 } as const;

/** Tags of the failures that carry a sentence for the user, wherever they were raised. */
const isExpected = (error: unknown): error is Error & { readonly _tag: string } =>
  error instanceof Error && "_tag" in error && typeof error._tag === "string" && error.message !== "";

/** Failures of the file system, as Node names them: a sentence is in their message. */
const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error && "code" in error;

export interface Ending {
  readonly code: number;
  /** What stderr says last; null: nothing more to say. */
  readonly stderr: string | null;
}

/** One line, whatever the message holds. */
const oneLine = (message: string): string => visibleSource(message.replace(/\s*\n\s*/g, " ").trim());

export function endingOf(exit: Exit.Exit<unknown, unknown>): Ending {
  if (Exit.isSuccess(exit)) return { code: EXIT.done, stderr: null };
  if (Cause.hasInterruptsOnly(exit.cause)) return { code: EXIT.interrupted, stderr: null };
  const failure = Option.getOrUndefined(Cause.findErrorOption(exit.cause));
  const error = failure ?? Cause.squash(exit.cause);
  // Wrong usage that effect/cli found was presented where it was found; --help is no failure.
  if (isExpected(error) && error._tag === "ShowHelp") return { code: EXIT.wrongUsage, stderr: null };
  if (error instanceof WrongUsage)
    return { code: EXIT.wrongUsage, stderr: `ventes: ${oneLine(error.message)}` };
  if (isExpected(error) || isSystemError(error))
    return { code: EXIT.failed, stderr: `ventes: ${oneLine(error.message)}` };
  return { code: EXIT.failed, stderr: Cause.pretty(exit.cause) };
}
