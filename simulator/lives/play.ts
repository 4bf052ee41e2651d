/**
 * Plays a life through the real producer and the real consumer, in this process: each version is written to a file, the
 * producer polls it, the consumer applies the events, and the figures of the database are compared with the books.
 */
import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as Effect from "effect/Effect";
import { type DoubtReport, isOpen } from "#shared/contract/doubt.ts";
import type { EntityName } from "#shared/contract/entities/index.ts";
import type { Registration } from "#shared/contract/source-records.ts";
import type { SourceStatus } from "#shared/contract/status.ts";
import { EVENT_TOPICS } from "#shared/contract/topics.ts";
import { withKnownRows } from "#shared/database/doubt-rows.ts";
import { openFile, type Sqlite } from "#shared/database/sqlite.ts";
import { VENTES_DB } from "#shared/database/ventes-db.ts";
import { embeddedSettings, Settings } from "#shared/runtime/settings.ts";
import { systemClock } from "#shared/runtime/testing/clock.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { makeBatchApplier } from "../../consumer/batch.ts";
import { parseCondition } from "../../producer/rows/index.ts";
import { makeTemporaryProducer, type PollFailure, pollSource } from "../../producer/sync/index.ts";
import { CITIES, PRICES, type Sale } from "./company.ts";
import { carryOut, waysIn, waysOf } from "./decide.ts";
import { type Added, type Figures, figuresOf, type Life, type Step, sameFigures, textOf } from "./life.ts";
import { MemoryLog } from "./memory-log.ts";

/** What became of one step. */
export interface StepResult {
  readonly step: number;
  /**
   * `right`: the figures are those of the books. `held`: a version was not applied, at least until it was decided; the
   * figures are those of the books as of what is applied. `told`: they differ, and the program says that the version
   * needs attention. `wrong`: they differ, and nobody is told.
   */
  readonly result: "right" | "held" | "told" | "wrong";
  /** Why versions were held, by file. */
  readonly held: readonly Held[];
  readonly found: Figures;
  readonly wanted: Figures;
}

export interface Held {
  readonly file: string;
  readonly code: string;
  readonly sentence: string;
  /** The ways to decide it, each a list of commands. */
  readonly ways: readonly (readonly string[])[];
  readonly doubts: readonly DoubtReport[];
}

export interface Played {
  /** One for each step that was played. A life ends with the first step that is wrong or told. */
  readonly results: readonly StepResult[];
  /** The hold that waits for a decision; undefined: the life was played to its end. Its step is the last result. */
  readonly open: Held | undefined;
}

export interface PlayOptions {
  /** Which way the operator goes, for each hold in their order. The life stops at a hold without one. */
  readonly decisions?: readonly number[];
  /** The number of steps to play. Default: all. */
  readonly steps?: number;
}

const PRODUCTS_CSV = `product_id,name,price\n${Object.entries(PRICES)
  .map(([id, cents]) => `${id},Product ${id},${(cents / 100).toFixed(2)}`)
  .join("\n")}\n`;
const SHOPS_CSV = `store_id,city\n${Object.entries(CITIES)
  .map(([id, city]) => `${id},${city}`)
  .join("\n")}\n`;

/** Plays the life in `folder`, which it empties. */
export const play = (life: Life, folder: string, options: PlayOptions = {}): Promise<Played> => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "data"), { recursive: true });
  const log = new MemoryLog();
  return Effect.runPromise(
    Effect.scoped(playing(life, folder, log, options)).pipe(
      Effect.provideService(TopicLog, log.service),
      Effect.provideService(Settings, embeddedSettings(join(folder, "data"))),
    ),
  );
};

const playing = Effect.fnUntraced(function* (
  life: Life,
  folder: string,
  log: MemoryLog,
  { decisions = [], steps = life.steps.length }: PlayOptions,
) {
  const publisher = yield* makePublisher(folder, log, life.added ?? {});
  const database = yield* Effect.acquireRelease(
    Effect.sync(() => new Database(log)),
    (open) => Effect.sync(() => open.close()),
  );
  yield* publisher.publish("produits.csv", PRODUCTS_CSV, "produits", 0);
  yield* publisher.publish("magasins.csv", SHOPS_CSV, "magasins", 0);
  const applied = new Applied();
  const results: StepResult[] = [];
  /** The files whose last version is not applied. */
  const waiting = new Map<string, Held>();
  const left = [...decisions];
  let open: Held | undefined;
  for (const [n, step] of life.steps.slice(0, steps).entries()) {
    let isTold = false;
    const held: Held[] = [];
    for (const version of step.files) {
      let outcome = yield* publisher.publish(version.file, textOf(version), "ventes", n + 1);
      while (outcome.held !== undefined) {
        held.push(outcome.held);
        // Nobody decides about a faulty export: the next version mends it.
        if (step.clarity === "faulty" || open !== undefined) break;
        const way = outcome.held.ways[left.shift() ?? -1];
        if (way === undefined) {
          open = outcome.held;
          break;
        }
        database.apply();
        const announced = database.announced(
          pathToFileURL(join(folder, version.file)).href,
          outcome.held,
          way,
        );
        outcome = yield* publisher.decide(version.file, way);
        database.apply();
        const { total } = database.figures();
        // It holds for wrong ways too, so it is an error of its own.
        if (announced !== undefined && Math.abs(announced - total) > HALF)
          return yield* Effect.die(
            new Error(
              `step ${n}: ${way[0]} announces a total of ${announced} hundredths, and it is ${total}`,
            ),
          );
      }
      isTold ||= outcome.isTold;
      if (outcome.held === undefined) {
        waiting.delete(version.file);
        applied.take(version.file, n, step, version.lines);
      } else waiting.set(version.file, outcome.held);
    }
    database.apply();
    const found = database.figures();
    const wanted = applied.allowed();
    const isRight = wanted.some((figures) => sameFigures(found, figures));
    results.push({
      step: n,
      result: isRight ? (held.length + waiting.size > 0 ? "held" : "right") : isTold ? "told" : "wrong",
      held: held.length > 0 ? held : [...waiting.values()],
      found,
      wanted: wanted[0] as Figures,
    });
    if (!isRight || open !== undefined) break;
  }
  return { results, open } satisfies Played as Played;
});

/** Of a hundredth: figures are sums of doubles. */
const HALF = 0.5;

interface Outcome {
  /** Undefined: the version is applied. */
  readonly held: Held | undefined;
  /** It is applied, but a person must know. */
  readonly isTold: boolean;
}

/** Writes files, and polls them as `start --once` does. */
const makePublisher = Effect.fnUntraced(function* (folder: string, log: MemoryLog, added: Added) {
  const producer = yield* makeTemporaryProducer();
  const registered = new Map<string, Registration>();
  const poll = (name: string, registration: Registration): Effect.Effect<Outcome, PollFailure> =>
    pollSource(producer, registration, { mode: "once" }).pipe(
      // A state that was there before is taken when the next poll brings it again.
      Effect.retry({ times: 1, while: isEarlier }),
      Effect.map(({ attention }): Outcome => ({ held: undefined, isTold: attention.some(isOpen) })),
      Effect.catchTag("SourceError", ({ code, sentence, doubts = [] }) =>
        Effect.succeed({
          held: {
            file: name,
            code,
            sentence,
            ways: doubts.length > 0 ? waysOf(doubts) : waysIn(sentence),
            doubts,
          },
          isTold: true,
        }),
      ),
    );
  return {
    /** `hours`: how long after the first file this version is written. */
    publish: Effect.fnUntraced(function* (name: string, text: string, entity: EntityName, hours: number) {
      const path = join(folder, name);
      writeFileSync(path, text);
      const at = FIRST_SECOND + hours * 3600;
      utimesSync(path, at, at);
      const registration =
        registered.get(name) ?? registrationOf(path, entity, entity === "ventes" ? added : {});
      if (!registered.has(name)) {
        registered.set(name, registration);
        const value = JSON.stringify(registration);
        yield* log.service.publish("sources", [{ key: registration.source, value }]);
      }
      return yield* poll(name, registration);
    }),
    /** Runs the commands, and polls the file again. */
    decide: Effect.fnUntraced(function* (name: string, commands: readonly string[]) {
      for (const command of commands) yield* carryOut(command);
      return yield* poll(name, registered.get(name) as Registration);
    }),
  };
});

/** The time of the first file, in seconds since 1970. */
const FIRST_SECOND = Date.UTC(2026, 5, 1) / 1000;

const isEarlier = (error: PollFailure): boolean =>
  error._tag === "SourceError" && error.code === "source.earlier";

const registrationOf = (path: string, entity: EntityName, { where, vanished }: Added): Registration => ({
  v: 1,
  kind: "source",
  source: pathToFileURL(path).href,
  entities: [entity],
  every: null,
  once: false,
  duplicates: "keep",
  ...(where === undefined ? {} : { reading: { where: where.map(parseCondition) } }),
  ...(vanished === undefined ? {} : { vanished }),
  registered: "2026-06-01T00:00:00.000Z",
});

/** Which sales the applied versions have stated, and how they stand in the books of the last of them. */
class Applied {
  readonly #files = new Map<string, { readonly step: number; readonly stated: Set<number> }>();
  readonly #books = new Map<number, ReadonlyMap<number, Sale>>();
  #damaged: Step["damaged"] = [];

  take(file: string, n: number, step: Step, lines: Step["files"][number]["lines"]): void {
    this.#books.set(n, new Map(step.books.map((sale) => [sale.id, sale])));
    const stated = new Set(this.#files.get(file)?.stated);
    for (const { sale } of lines) if (sale !== null) stated.add(sale);
    this.#files.set(file, { step: n, stated });
    this.#damaged = step.damaged;
  }

  /** The figures that are right: with each damaged line read, or set aside. */
  allowed(): readonly Figures[] {
    const sales = new Map<number, Sale | undefined>();
    const byStep = [...this.#files.values()].toSorted((a, b) => a.step - b.step);
    for (const { step, stated } of byStep)
      for (const id of stated) sales.set(id, this.#books.get(step)?.get(id));
    const whole = [...sales.values()].filter((sale) => sale !== undefined);
    let without: (readonly number[])[] = [[]];
    for (const group of this.#damaged) without = without.flatMap((ids) => [ids, [...ids, ...group]]);
    return without.map((ids) => figuresOf(whole.filter(({ id }) => !ids.includes(id))));
  }
}

/** The database of one life, in memory. */
export class Database {
  readonly #db: Sqlite;
  readonly #log: MemoryLog;
  readonly #apply: ReturnType<typeof makeBatchApplier>["apply"];
  readonly #positions = new Map<string, number>();

  constructor(log: MemoryLog) {
    this.#log = log;
    this.#db = openFile(":memory:", VENTES_DB);
    const maxTransactionMs = Number.POSITIVE_INFINITY;
    this.#apply = makeBatchApplier(this.#db, systemClock, { partitions: () => 1, maxTransactionMs }).apply;
  }

  /** Applies what was published since the last time. */
  apply(): void {
    for (const topic of EVENT_TOPICS) {
      const from = this.#positions.get(topic) ?? 0;
      const records = this.#log.from(topic, from);
      if (records.length === 0) continue;
      const next = from + records.length;
      this.#apply({ topic, partition: 0, records, next }, from);
      this.#positions.set(topic, next);
    }
  }

  figures(): Figures {
    const sums = (sql: string): Map<string, number> =>
      new Map((this.#db.prepare(sql).raw().all() as [string, number][]).filter(([, sum]) => sum !== 0));
    const one = (sql: string): number => (this.#db.prepare(sql).pluck().get() as number | null) ?? 0;
    return {
      total: one("SELECT SUM(ca_millioniemes) / 1e4 FROM ventes"),
      sales: one("SELECT COUNT(*) FROM ventes"),
      byProduct: sums("SELECT id_produit, SUM(quantite_millioniemes) / 1e6 FROM ventes GROUP BY id_produit"),
      byCity: sums(`
        SELECT ville, SUM(ca_millioniemes) / 1e4 FROM ventes JOIN magasins USING (id_magasin) GROUP BY ville`),
    };
  }

  /** The status with what the database knows of its doubts, as of the last `apply`. */
  known<S extends Pick<SourceStatus, "source" | "doubts">>(status: S): S {
    return withKnownRows(this.#db, [status])[0] as S;
  }

  /**
   * The total revenue that the choice of a way announces, in hundredths; undefined: none is announced, or the way makes choices
   * about several doubts.
   */
  announced(source: string, { doubts }: Held, way: readonly string[]): number | undefined {
    const [doubt, ...others] = this.known({ source, doubts }).doubts;
    if (others.length > 0) return undefined;
    const choice = doubt?.choices.find(({ command }) => command === way[0]);
    return choice?.money === undefined ? undefined : choice.money.after * 100;
  }

  close(): void {
    this.#db.close();
  }
}
