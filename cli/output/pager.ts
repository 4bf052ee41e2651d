/** Long texts on a terminal, in a pager. */
import { spawnSync } from "node:child_process";

/** Lines go on beyond the right edge, where the arrow keys show them. */
const LESS = ["-S"];

/** Shows a text in less; false where there is none, and nothing was shown. Returns when the reader leaves it. */
export function shownInPager(text: string): boolean {
  const ignore = (): void => {};
  // Ctrl-C is for less, which would otherwise lose its terminal to the shell.
  process.on("SIGINT", ignore);
  try {
    const { error } = spawnSync("less", LESS, { input: text, stdio: ["pipe", "inherit", "inherit"] });
    // EPIPE: the reader left less before the end of the text.
    return error === undefined || (error as NodeJS.ErrnoException).code === "EPIPE";
  } finally {
    process.removeListener("SIGINT", ignore);
  }
}
