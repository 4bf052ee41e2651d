/**
 * The whole terminal, drawn again in place. It uses the other screen of the terminal, so what was there before is there
 * again at the end.
 */
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { cut } from "./rows.ts";
import { drawScreen } from "./stdout.ts";

const ENTER = "\u001b[?1049h\u001b[?25l";
const LEAVE = "\u001b[?25h\u001b[?1049l";
const HOME = "\u001b[H";
const CLEAR_LINE = "\u001b[K";
const CLEAR_BELOW = "\u001b[J";

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** The size of the terminal now; 80x24 where it does not tell. */
export const sizeOfTerminal = (): Size => ({
  columns: process.stdout.columns || 80,
  rows: process.stdout.rows || 24,
});

/** Takes the terminal until the scope closes, or the process ends in another way. Returns the function that draws lines. */
export const takeScreen: Effect.Effect<(lines: readonly string[], size: Size) => void, never, Scope.Scope> =
  Effect.acquireRelease(
    Effect.sync(() => {
      const leave = (): void => drawScreen(LEAVE);
      process.once("exit", leave);
      drawScreen(ENTER);
      return leave;
    }),
    (leave) =>
      Effect.sync(() => {
        process.removeListener("exit", leave);
        leave();
      }),
  ).pipe(
    Effect.as((lines: readonly string[], { columns, rows }: Size): void => {
      const shown = lines.slice(0, rows).map((line) => cut(line, columns) + CLEAR_LINE);
      drawScreen(HOME + shown.join("\r\n") + CLEAR_BELOW);
    }),
  );
