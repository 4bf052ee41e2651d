/**
 * Writes to stdout and stderr, and tells what each can show. No control character reaches a terminal or a log, whatever
 * the data are; a pipe gets the data of a query as they are.
 */
import { writeSync } from "node:fs";
import { masked, maskedIn } from "#shared/runtime/masked.ts";
import { jsonVisible, visibleLines } from "../texts/visible.ts";

export const isTerminal = (): boolean => process.stdout.isTTY === true;

/** True when stderr may carry colours and a line that is drawn again. */
export const isLiveTerminal = (): boolean =>
  process.stderr.isTTY === true && process.env.TERM !== "dumb" && !isJsonLog();

/** VENTES_LOG=json. The settings refuse other values; lines may have to be written before they are read. */
const isJsonLog = (): boolean => process.env.VENTES_LOG?.trim() === "json";

export type Level = "info" | "warning" | "error";

/** A line of the log as JSON, with secrets masked: `{"time":"2026-01-31T08:00:00.000Z","level":"info","message":"..."}`. */
export const logLine = (text: string, level: Level, now: Date): string => {
  const message = masked(text.replace(/^ventes: /, "").trimEnd());
  return `${jsonVisible(JSON.stringify({ time: now.toISOString(), level, message }))}\n`;
};

const hasColour = (stream: NodeJS.WriteStream): boolean =>
  stream.isTTY === true && (process.env.NO_COLOR ?? "") === "" && process.env.TERM !== "dumb";

export const bold = (text: string): string =>
  hasColour(process.stdout) ? `\u001b[1m${text}\u001b[22m` : text;

/** Writes all of it before it returns: nothing is lost at exit, and a slow reader slows the program down. */
function write(fd: number, text: string): void {
  const bytes = Buffer.from(text, "utf8");
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(fd, bytes, done);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "EAGAIN") {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
        continue;
      }
      // The reader has closed the pipe (`ventes query ... | head`): this is no error.
      if (code === "EPIPE") process.exit(0);
      throw error;
    }
  }
}

const ended = (text: string): string => (text.endsWith("\n") ? text : `${text}\n`);

/** To stdout, with a line end. */
export const print = (text: string): void => printPiece(ended(text));
/** To stdout without a line end: a piece of a longer text. */
export const printPiece = (text: string): void => write(1, isTerminal() ? visibleLines(text) : text);
/** To stdout as JSON, with secrets masked in each text and control characters escaped. */
export const printJson = (value: unknown): void => print(jsonVisible(JSON.stringify(maskedIn(value))));
/** To stderr, with a line end; as a line of JSON where the settings say so. */
export const say = (text: string, level: Level = "info"): void =>
  write(2, isJsonLog() ? logLine(text, level, new Date()) : visibleLines(ended(text)));
/** To stdout as it is: the whole screen, whose texts hold no control characters. */
export const drawScreen = (text: string): void => write(1, text);
/** To stderr without a line end: the live line. */
export const draw = (text: string): void => write(2, text);
