/** Writes to stdout and stderr, and tells what each can show. */
import { writeSync } from "node:fs";

export const isTerminal = (): boolean => process.stdout.isTTY === true;

/** True when stderr may carry colours and a line that is drawn again. */
export const isLiveTerminal = (): boolean => process.stderr.isTTY === true && process.env.TERM !== "dumb";

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

/** To stdout, with a line end. */
export const print = (text: string): void => write(1, text.endsWith("\n") ? text : `${text}\n`);
/** To stdout without a line end: a piece of a longer text. */
export const printPiece = (text: string): void => write(1, text);
/** To stderr, with a line end. */
export const say = (text: string): void => write(2, text.endsWith("\n") ? text : `${text}\n`);
/** To stderr without a line end: the live line. */
export const draw = (text: string): void => write(2, text);
