/**
 * A file that is held back, played in this process: its versions are published one after the other, the last one is held, and
 * one of the commands that it advises is run.
 */
import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import { type DoubtChoice, type DoubtReport, isOpen } from "#shared/contract/doubt.ts";
import { embeddedSettings, Settings } from "#shared/runtime/settings.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { listedSources } from "../../producer/admin/index.ts";
import { Registry } from "../../producer/source/index.ts";
import { makeTemporaryProducer, pollSource } from "../../producer/sync/index.ts";
import { carryOut } from "./decide.ts";
import { MemoryLog } from "./memory-log.ts";
import { Database } from "./play.ts";

export interface HeldFile {
  /** The versions of files, in their order: the last is held. */
  readonly versions: readonly {
    readonly file: string;
    readonly lines: readonly string[];
    /** Flags of `sources add`, the first time. */
    readonly flags?: string;
  }[];
}

export interface PlayedFile {
  /** What is unclear about the last version, with what the database knows. */
  readonly doubts: readonly DoubtReport[];
  /** The total revenue in the end, in hundredths. */
  readonly total: number;
  /** What is unclear about some version in the end, and needs a person. */
  readonly left: readonly DoubtReport[];
}

/** Plays it in `folder`, which it empties. `decide`: the choice whose command is run; each other doubt is confirmed as it is. */
export const playFile = (
  { versions }: HeldFile,
  folder: string,
  decide?: readonly [doubt: number, choice: number],
): Promise<PlayedFile> => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "data"), { recursive: true });
  const log = new MemoryLog();
  const playing = Effect.gen(function* () {
    const producer = yield* makeTemporaryProducer();
    const database = yield* Effect.acquireRelease(
      Effect.sync(() => new Database(log)),
      (open) => Effect.sync(() => open.close()),
    );
    /** Polls all sources, as `start --once` does; the doubts of each. */
    const poll = Effect.gen(function* () {
      const all: { readonly source: string; readonly doubts: readonly DoubtReport[] }[] = [];
      const registry = new Registry(log.service);
      yield* registry.refresh();
      for (const { registration } of listedSources(registry)) {
        const { source } = registration;
        const doubts = yield* pollSource(producer, registration, { mode: "once" }).pipe(
          Effect.map(({ attention }) => attention),
          Effect.catchTag("SourceError", (error) =>
            error.doubts === undefined ? Effect.fail(error) : Effect.succeed(error.doubts),
          ),
        );
        all.push({ source, doubts });
      }
      database.apply();
      return all.map((one) => database.known(one));
    });
    let found = yield* poll;
    const added = new Set<string>();
    for (const [n, { file, lines, flags = "" }] of versions.entries()) {
      const path = join(folder, file);
      writeFileSync(path, `${lines.join("\n")}\n`);
      const at = FIRST_SECOND + n * 3600;
      utimesSync(path, at, at);
      if (!added.has(file)) yield* carryOut(`ventes sources add ${flags} ${path}`);
      added.add(file);
      found = yield* poll;
    }
    const held = found.flatMap(({ doubts, source }) => doubts.map((doubt) => ({ doubt, source })));
    if (decide !== undefined) {
      const [at, choice] = decide;
      for (const [i, { doubt, source }] of held.entries())
        if (i !== at) yield* carryOut(`ventes sources confirm ${source} ${doubt.decision}`);
      yield* runAll(held[at]?.doubt.choices[choice]);
      // Of sources that change places the first poll may come too early.
      for (let polls = 0; polls < 2; polls++) found = yield* poll;
    }
    return {
      doubts: held.map(({ doubt }) => doubt),
      total: Math.round(database.figures().total),
      left: found.flatMap(({ doubts }) => doubts).filter(isOpen),
    };
  });
  return Effect.runPromise(
    Effect.scoped(playing).pipe(
      Effect.provideService(TopicLog, log.service),
      Effect.provideService(Settings, embeddedSettings(join(folder, "data"))),
    ),
  );
};

/** The time of the first file, in seconds since 1970. */
const FIRST_SECOND = Date.UTC(2026, 5, 1) / 1000;

/** Several commands stand as one line for a shell. */
const runAll = (choice: DoubtChoice | undefined) =>
  Effect.forEach((choice?.command ?? "").split(" && "), carryOut, { discard: true });
