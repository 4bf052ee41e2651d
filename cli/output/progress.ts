/**
 * The progress of the work, on stderr: on a terminal one line that is drawn again, in a pipe a plain line every 3 s at
 * most. Prints nothing while no figure changes.
 */
import * as Effect from "effect/Effect";
import type { Texts } from "../texts/texts.ts";
import { draw, isLiveTerminal, say } from "./stdout.ts";

export interface Figures {
  /** Records read from the sources. */
  readonly records: number;
  /** Events applied to the database. */
  readonly events: number;
  /** Rejected records. */
  readonly rejects: number;
}

export interface Progress {
  readonly update: (figures: Partial<Figures>) => void;
  /** A line of its own, above the live one. */
  readonly note: (line: string) => void;
  /** Removes the live line until a figure changes. */
  readonly clear: () => void;
  /** Removes the live line; nothing is drawn afterwards. */
  readonly stop: () => void;
}

const LIVE_MS = 100;
const PLAIN_MS = 3_000;
const CLEAR = "\r\u001b[2K";

export function makeProgress(texts: Texts, live = isLiveTerminal()): Progress {
  let figures: Partial<Figures> = {};
  let last = { at: performance.now(), figures };
  let drawn = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const show = (): void => {
    timer = undefined;
    const now = performance.now();
    const seconds = (now - last.at) / 1_000;
    const grown = (name: "events" | "records") => (figures[name] ?? 0) - (last.figures[name] ?? 0);
    const done = Math.max(grown("events"), grown("records"));
    last = { at: now, figures };
    if (done <= 0) return;
    const { records, events, rejects } = figures;
    const line = [
      ...(records === undefined ? [] : [texts.recordsRead(texts.count(records))]),
      ...(events === undefined ? [] : [texts.eventsApplied(texts.count(events))]),
      texts.rowsPerSecond(texts.count(Math.round(done / Math.max(seconds, 0.001)))),
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

  return {
    clear,
    update: (more) => {
      figures = { ...figures, ...more };
      if (stopped || timer !== undefined) return;
      const wait = Math.max(0, (live ? LIVE_MS : PLAIN_MS) - (performance.now() - last.at));
      timer = setTimeout(show, wait);
      timer.unref();
    },
    note: (line) => {
      clear();
      say(line);
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      timer = undefined;
      clear();
    },
  };
}

/** Shows progress while `work` runs. */
export const withProgress = <A, E, R>(
  texts: Texts,
  work: (progress: Progress) => Effect.Effect<A, E, R>,
): Effect.Effect<A, E, R> =>
  Effect.acquireUseRelease(
    Effect.sync(() => makeProgress(texts)),
    work,
    (progress) => Effect.sync(progress.stop),
  );
