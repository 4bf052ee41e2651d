/** `ventes status --watch`: the state of every part on one screen, which is drawn again in place until Ctrl-C. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { elapsedMs } from "#shared/runtime/time.ts";
import { type Size, sizeOfTerminal, takeScreen } from "../output/screen.ts";
import { isTerminal } from "../output/stdout.ts";
import { answeringDirectory } from "../run/database.ts";
import { lastBackupOf } from "../run/last-backup.ts";
import { collect } from "../run/status.ts";
import { freeOn } from "../run/telemetry/database-figures.ts";
import { WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { type Screen, type Seen, screenOf } from "./status-screen.ts";

const LOOK_EVERY_MS = 2_000;
/** A look that took a second is made again ten seconds later at the earliest: the pipeline needs the machine. */
const REST_FACTOR = 10;
/** How soon a terminal of another size is drawn again. */
const RESIZE_MS = 200;

/** Never ends by itself. Fails with WrongUsage where stdout is no terminal. */
export const watchStatus = (run: Invocation): Effect.Effect<never, WrongUsage | DatabaseError> =>
  Effect.scoped(
    Effect.gen(function* () {
      if (!isTerminal() || run.json)
        return yield* new WrongUsage({ message: run.texts.watchNeedsTerminal() });
      const draw = yield* takeScreen;
      let before: Seen | null = null;
      for (;;) {
        const began = yield* elapsedMs;
        const dir = answeringDirectory(run.settings.data);
        const seen: Seen = yield* look(run, dir);
        const tookMs = (yield* elapsedMs) - began;
        const paceMs = Math.max(LOOK_EVERY_MS, REST_FACTOR * tookMs);
        const screen: Screen = { dir, settings: run.settings, texts: run.texts, paceMs };
        yield* keepDrawn((size) => draw(screenOf(seen, before, screen, size), size), paceMs);
        before = seen;
      }
    }),
  );

const look = (run: Invocation, dir: string): Effect.Effect<Seen, DatabaseError> =>
  Effect.gen(function* () {
    const found = yield* collect(run, dir, dir !== run.settings.data);
    const now = yield* Clock.currentTimeMillis;
    return { found, now, disk: { free: freeOn(dir), used: sizeOfFiles(dir) }, backup: lastBackupOf(dir) };
  });

/** Draws now, and again when the terminal gets another size, for so many milliseconds. */
const keepDrawn = (draw: (size: Size) => void, ms: number): Effect.Effect<void> =>
  Effect.gen(function* () {
    const until = (yield* elapsedMs) + ms;
    let drawn = "";
    while ((yield* elapsedMs) < until) {
      const size = sizeOfTerminal();
      if (drawn !== `${size.columns}x${size.rows}`) draw(size);
      drawn = `${size.columns}x${size.rows}`;
      yield* Effect.sleep(RESIZE_MS);
    }
  });

/** The size of the files of a data directory: those of its folders are downloads in hand. */
function sizeOfFiles(dir: string): number {
  try {
    return readdirSync(dir).reduce(
      (sum, name) => sum + (statSync(join(dir, name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
  } catch {
    return 0;
  }
}
