/**
 * How a command ends. A failure that the program foresees is one line on stderr and an exit code; any other is a defect,
 * printed with its trace. Exit codes, which programs read: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
 */
import * as Cause from "effect/Cause";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import * as Schema from "effect/Schema";
import { visibleSource } from "../texts/visible.ts";

/** The command line or a variable is wrong; the message says what is expected. Exit 2. */
export class WrongUsage extends Schema.TaggedError<WrongUsage>()("WrongUsage", { message: Schema.String }) {}

/** The command could not do its work, or found something on which somebody must act. Exit 1. */
export class Failed extends Schema.TaggedError<Failed>()("Failed", { message: Schema.String }) {}

export const EXIT = { done: 0, failed: 1, wrongUsage: 2, interrupted: 130 } as const;

/** Whether an error has a tag and a sentence for the user. */
const isExpected = (error: unknown): error is Error & { readonly _tag: string } =>
  error instanceof Error && "_tag" in error && typeof error._tag === "string" && error.message !== "";

/** Whether it is an error of a system call: its message is a sentence. */
const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error && "code" in error;

export interface Ending {
  readonly code: number;
  /** The last line for stderr; null: none. */
  readonly stderr: string | null;
}

/** The message in one line, with secrets masked. */
const oneLine = (message: string): string => visibleSource(message.replace(/\s*\n\s*/g, " ").trim());

export function endingOf(exit: Exit.Exit<unknown, unknown>): Ending {
  if (Exit.isSuccess(exit)) return { code: EXIT.done, stderr: null };
  if (Cause.hasInterruptsOnly(exit.cause)) return { code: EXIT.interrupted, stderr: null };
  const failure = Option.getOrUndefined(Cause.findErrorOption(exit.cause));
  const error = failure ?? Cause.squash(exit.cause);
  // effect/cli has already printed its own wrong usage; --help is no failure.
  if (isExpected(error) && error._tag === "ShowHelp") return { code: EXIT.wrongUsage, stderr: null };
  if (error instanceof WrongUsage)
    return { code: EXIT.wrongUsage, stderr: `ventes: ${oneLine(error.message)}` };
  if (isExpected(error) || isSystemError(error))
    return { code: EXIT.failed, stderr: `ventes: ${oneLine(error.message)}` };
  return { code: EXIT.failed, stderr: Cause.pretty(exit.cause) };
}
