/**
 * Plays a life through the real producer and the real consumer, in this process: each version is written to a file, the
 * producer polls it, the consumer applies the events, and the figures of the database are compared with the books.
 */
import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as Effect from "effect/Effect";
import type { EntityName } from "#shared/contract/entities/index.ts";
import type { Registration } from "#shared/contract/source-records.ts";
import { EVENT_TOPICS } from "#shared/contract/topics.ts";
import { openFile, type Sqlite } from "#shared/database/sqlite.ts";
import { VENTES_DB } from "#shared/database/ventes-db.ts";
import { embeddedSettings, Settings } from "#shared/runtime/settings.ts";
import { systemClock } from "#shared/runtime/testing/clock.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { makeBatchApplier } from "../../consumer/batch.ts";
import { makeTemporaryProducer, type PollFailure, pollSource } from "../../producer/sync/index.ts";
import { CITIES, PRICES, type Sale } from "./company.ts";
import { type Figures, figuresOf, type Life, type Step, sameFigures, textOf } from "./life.ts";
import { MemoryLog } from "./memory-log.ts";

/** What became of one step. */
export interface StepResult {
  readonly step: number;
  /** `right`: the figures are those of the books. `held`: a version is not applied, the last good figures stand. */
  readonly result: "right" | "held" | "wrong";
  /** Why versions are held, by file. */
  readonly held: readonly Held[];
  readonly found: Figures;
  readonly wanted: Figures;
}

export interface Held {
  readonly file: string;
  readonly code: string;
  readonly sentence: string;
}

const PRODUCTS_CSV = `product_id,name,price\n${Object.entries(PRICES)
  .map(([id, cents]) => `${id},Product ${id},${(cents / 100).toFixed(2)}`)
  .join("\n")}\n`;
const SHOPS_CSV = `store_id,city\n${Object.entries(CITIES)
  .map(([id, city]) => `${id},${city}`)
  .join("\n")}\n`;

/** Plays the life in `folder`, which it empties. Stops after the first step that is wrong. */
export const play = (life: Life, folder: string): Promise<readonly StepResult[]> => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "data"), { recursive: true });
  const log = new MemoryLog();
  return Effect.runPromise(
    Effect.scoped(playing(life, folder, log)).pipe(
      Effect.provideService(TopicLog, log.service),
      Effect.provideService(Settings, embeddedSettings(join(folder, "data"))),
    ),
  );
};

const playing = Effect.fnUntraced(function* (life: Life, folder: string, log: MemoryLog) {
  const producer = yield* makeTemporaryProducer();
  const database = yield* Effect.acquireRelease(
    Effect.sync(() => new Database(log)),
    (open) => Effect.sync(() => open.close()),
  );
  const registered = new Set<string>();
  /** Writes the file, and polls it as `start --once` does. Returns why its version is not applied. */
  const publish = Effect.fnUntraced(function* (name: string, text: string, entity: EntityName, at: number) {
    const path = join(folder, name);
    writeFileSync(path, text);
    utimesSync(path, at, at);
    const registration = registrationOf(path, entity);
    if (!registered.has(path)) {
      yield* log.service.publish("sources", [
        { key: registration.source, value: JSON.stringify(registration) },
      ]);
      registered.add(path);
    }
    const poll = Effect.as(pollSource(producer, registration, { mode: "once" }), null);
    const refused = poll.pipe(
      // A state that was there before is taken when the next poll brings it again.
      Effect.retry({ times: 1, while: isEarlier }),
      Effect.catchTag("SourceError", ({ code, sentence }) => Effect.succeed({ file: name, code, sentence })),
    );
    return yield* refused;
  });
  yield* publish("produits.csv", PRODUCTS_CSV, "produits", FIRST_SECOND);
  yield* publish("magasins.csv", SHOPS_CSV, "magasins", FIRST_SECOND);
  const applied = new Applied();
  const results: StepResult[] = [];
  const waiting = new Map<string, Held>();
  for (const [n, step] of life.steps.entries()) {
    for (const version of step.files) {
      const held: Held | null = yield* publish(
        version.file,
        textOf(version),
        "ventes",
        FIRST_SECOND + (n + 1) * 3600,
      );
      if (held === null) {
        waiting.delete(version.file);
        applied.take(version.file, n, step, version.lines);
      } else waiting.set(version.file, held);
    }
    database.apply();
    const found = database.figures();
    const wanted = applied.allowed();
    const isRight = wanted.some((figures) => sameFigures(found, figures));
    results.push({
      step: n,
      result: !isRight ? "wrong" : waiting.size > 0 ? "held" : "right",
      held: [...waiting.values()],
      found,
      wanted: wanted[0] as Figures,
    });
    if (!isRight) break;
  }
  return results as readonly StepResult[];
});

/** The time of the first file, in seconds since 1970. */
const FIRST_SECOND = Date.UTC(2026, 5, 1) / 1000;

const isEarlier = (error: PollFailure): boolean =>
  error._tag === "SourceError" && error.code === "source.earlier";

const registrationOf = (path: string, entity: EntityName): Registration => ({
  v: 1,
  kind: "source",
  source: pathToFileURL(path).href,
  entities: [entity],
  every: null,
  once: false,
  duplicates: "keep",
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
class Database {
  readonly #db: Sqlite;
  readonly #log: MemoryLog;
  readonly #apply: ReturnType<typeof makeBatchApplier>["apply"];
  readonly #positions = new Map<string, number>();

  constructor(log: MemoryLog) {
    this.#log = log;
    this.#db = openFile(":memory:", VENTES_DB);
    this.#apply = makeBatchApplier(this.#db, systemClock, { partitions: () => 1 }).apply;
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

  close(): void {
    this.#db.close();
  }
}
