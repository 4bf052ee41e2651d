/**
 * The progress of the work, on stderr: on a terminal one line that is drawn again, in a pipe a plain line after a second and
 * then every 3 s at most. Prints nothing while no figure changes.
 */
import * as Effect from "effect/Effect";
import { elapsedMsOf, type PlainClock } from "#shared/runtime/time.ts";
import { Waker } from "#shared/topic-log/waker.ts";
import type { Texts } from "../texts/texts.ts";
import { draw, isLiveTerminal, type Level, say } from "./stdout.ts";

export interface Figures {
  /** Records read from the sources. */
  readonly records: number;
  /** Events applied to the database. */
  readonly events: number;
  /** Rejected records. */
  readonly rejects: number;
  /** The file in hand, and how much of it is read or published. */
  readonly file: string | null;
}

export interface Progress {
  readonly update: (figures: Partial<Figures>) => void;
  /** A line of its own, above the live one. */
  readonly note: (line: string, level?: Level) => void;
  /** Removes the live line until a figure changes. */
  readonly clear: () => void;
}

interface Drawn extends Progress {
  /** Draws the line after changes. Never completes. */
  readonly drawing: Effect.Effect<never>;
}

const LIVE_MS = 100;
const FIRST_PLAIN_MS = 1_000;
const PLAIN_MS = 3_000;
const CLEAR = "\r\u001b[2K";

/** `live`: whether stderr is a terminal on which the line can be drawn again. `clock` measures the speed. */
function makeProgress(texts: Texts, clock: PlainClock, live = isLiveTerminal()): Drawn {
  let figures: Partial<Figures> = {};
  let last = { at: elapsedMsOf(clock), figures };
  let drawn = false;
  let pace = live ? LIVE_MS : FIRST_PLAIN_MS;
  const changed = new Waker();

  const show = (): void => {
    const now = elapsedMsOf(clock);
    const seconds = (now - last.at) / 1_000;
    pace = live ? LIVE_MS : PLAIN_MS;
    const grown = (name: "events" | "records") => (figures[name] ?? 0) - (last.figures[name] ?? 0);
    const done = Math.max(grown("events"), grown("records"));
    const { records, events, rejects, file = null } = figures;
    const isFurther = file !== null && file !== last.figures.file;
    last = { at: now, figures };
    if (done <= 0 && !isFurther) return;
    const line = [
      ...(file === null ? [] : [file]),
      ...(records === undefined ? [] : [texts.recordsRead(texts.count(records))]),
      ...(events === undefined ? [] : [texts.eventsApplied(texts.count(events))]),
      ...(done <= 0 ? [] : [texts.rowsPerSecond(texts.count(Math.round(done / Math.max(seconds, 0.001))))]),
      ...(rejects === undefined ? [] : [texts.rejectedCount(texts.count(rejects))]),
    ].join(", ");
    if (live) draw(`${CLEAR}${line}`);
    else say(line);
    drawn = live;
  };

  const clear = (): void => {
    if (drawn) draw(CLEAR);
    drawn = false;
  };

  /** Never faster than the pace, counted from the line before. */
  const rest = Effect.suspend(() => Effect.sleep(Math.max(0, pace - (elapsedMsOf(clock) - last.at))));

  return {
    clear,
    drawing: changed.wait.pipe(Effect.andThen(rest), Effect.andThen(Effect.sync(show)), Effect.forever),
    update: (more) => {
      figures = { ...figures, ...more };
      changed.wake();
    },
    note: (line, level) => {
      clear();
      say(line, level);
    },
  };
}

/** Shows progress while `work` runs. */
export const withProgress = <A, E, R>(
  texts: Texts,
  work: (progress: Progress) => Effect.Effect<A, E, R>,
): Effect.Effect<A, E, R> =>
  Effect.clockWith((clock) => {
    const progress = makeProgress(texts, clock);
    return Effect.raceFirst(work(progress), progress.drawing).pipe(
      Effect.ensuring(Effect.sync(progress.clear)),
    );
  });
