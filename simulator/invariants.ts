/**
 * Checks the invariants (docs/invariants.md) at any moment of a history, from outside: on a read-only connection, in one
 * read transaction, with SQL and code that share nothing with the components. A breach is a `Violation`, whose message
 * names the invariant, the place and the difference.
 */

import type { PipelineEvent } from "#shared/contract/event.ts";
import type { RejectCode } from "#shared/contract/sentences.ts";
import { EVENT_TOPICS, type EventTopic } from "#shared/contract/topics.ts";
import type { Sqlite, Statement } from "#shared/database/sqlite.ts";
import { accountsOf, explained } from "../consumer/testing/accounting.ts";
import { canonicalModel, type ModelRecord } from "../consumer/testing/canonical.model.ts";
import { canonicalDump } from "../consumer/testing/canonical-dump.ts";
import { PARTITIONS, type SimulatedLog } from "./log.ts";

export class Violation extends Error {
  override readonly name = "Violation";
  readonly invariant: string;

  constructor(invariant: string, message: string) {
    super(`invariant ${invariant}: ${message}`);
    this.invariant = invariant;
  }
}

/** What foreign programs wrote: `topic/partition/offset` -> why it is no event; null: it is one, as odd as it is. */
export type Foreign = ReadonlyMap<string, RejectCode | null>;

export const placeOf = (topic: string, partition: number, offset: number): string =>
  `${topic}/${partition}/${offset}`;

/** The first difference of two lists of lines, short enough to read. */
export function firstDifference(have: readonly string[], want: readonly string[]): string | undefined {
  for (let i = 0; i < Math.max(have.length, want.length); i++)
    if (have[i] !== want[i])
      return `line ${i + 1}:\n  has    ${(have[i] ?? "nothing").slice(0, 300)}\n  should ${(want[i] ?? "nothing").slice(0, 300)}`;
  return undefined;
}

const isFromPlace = (line: string): boolean =>
  /^rejets \["(produits|magasins|ventes|rejets)\/\d+\/\d+"/.test(line);
const exact = (_: string, value: unknown) => (typeof value === "string" ? value.toWellFormed() : value);

/** What the canonical database says of the events of each partition below a position. */
export class Expected {
  readonly #log: SimulatedLog;
  readonly #foreign: Foreign;
  readonly #decoded = new Map<string, ModelRecord | undefined>();
  #last: { readonly at: string; readonly lines: readonly string[] } | undefined;

  constructor(log: SimulatedLog, foreign: Foreign) {
    this.#log = log;
    this.#foreign = foreign;
  }

  /** Lines of the canonical dump without analyses, sorted by table as the dump is. */
  lines(below: (topic: EventTopic, partition: number) => number): readonly string[] {
    const at = EVENT_TOPICS.map((t) => [0, 1].map((p) => below(t, p)).join(",")).join(" ");
    if (this.#last?.at === at) return this.#last.lines;
    const topics = new Map<EventTopic, ModelRecord[][]>();
    for (const topic of EVENT_TOPICS) {
      const logs: ModelRecord[][] = [];
      for (let partition = 0; partition < PARTITIONS; partition++) {
        // Sparse: the model takes indices for offsets, and skips holes.
        const records: ModelRecord[] = [];
        for (const { offset, key, value } of this.#log.partition(topic, partition).records) {
          if (offset >= below(topic, partition)) break;
          const place = placeOf(topic, partition, offset);
          let decoded = this.#decoded.get(place);
          if (!this.#decoded.has(place)) {
            const isEvent = (this.#foreign.get(place) ?? null) === null;
            decoded =
              isEvent && key !== null && value !== null
                ? { key, event: JSON.parse(value.toString("utf8"), exact) as PipelineEvent }
                : undefined;
            this.#decoded.set(place, decoded);
          }
          if (decoded !== undefined) records[offset] = decoded;
        }
        logs.push(records);
      }
      topics.set(topic, logs);
    }
    this.#last = { at, lines: canonicalModel(topics) };
    return this.#last.lines;
  }

  /** How many events there are below a position; fences are none. */
  events(topic: EventTopic, partition: number, below: number): number {
    let events = 0;
    for (const { offset, key, value } of this.#log.partition(topic, partition).records) {
      if (offset >= below) break;
      const isFence =
        !this.#foreign.has(placeOf(topic, partition, offset)) &&
        key !== null &&
        value?.includes('"kind":"fence"') === true;
      if (!isFence) events++;
    }
    return events;
  }

  /** The rejects of records that are no events, as `id code`, sorted. */
  rejects(below: (topic: EventTopic, partition: number) => number): readonly string[] {
    return [...this.#foreign]
      .flatMap(([place, code]) => {
        const [topic, partition, offset] = place.split("/") as [EventTopic, string, string];
        return code === null || Number(offset) >= below(topic, Number(partition)) ? [] : [`${place} ${code}`];
      })
      .sort();
  }
}

interface Place {
  readonly topic: EventTopic;
  readonly partition: number;
  readonly position: number;
  readonly highWatermark: number;
}

/**
 * Invariants 1, 2, 3 and 6: the rows are what the events up to the positions say, each applied once. While an event is
 * unfinished the tables are between two states; as of the last commit they are checked by `checkRead`.
 */
export function checkRows(db: Sqlite, expected: Expected): void {
  inOneRead(db, () => {
    if (prepared(db, "SELECT 1 FROM unfinished").get() !== undefined) return;
    const places = prepared(
      db,
      "SELECT topic, partition, position, high_watermark AS highWatermark FROM positions",
    ).all() as Place[];
    const find = (topic: EventTopic, partition: number) =>
      places.find((p) => p.topic === topic && p.partition === partition);
    // During a replay the positions are lower; the rows stay those of the highest.
    const below = (topic: EventTopic, partition: number) => find(topic, partition)?.highWatermark ?? 0;
    const repaired = prepared(db, "SELECT value FROM counters WHERE name = 'repaired'")
      .pluck()
      .get() as number;
    if (repaired > 0)
      throw new Violation("2", `a replay found ${repaired} rows to repair that nobody had damaged`);
    const dump = [...canonicalDump(db)].filter((line) => !line.startsWith("analyses "));
    const rows = firstDifference(
      dump.filter((line) => !isFromPlace(line)),
      expected.lines(below),
    );
    if (rows !== undefined)
      throw new Violation("3 and 6", `rows and positions do not belong together, ${rows}`);
    const alone = prepared(db, "PRAGMA foreign_key_check").all();
    if (alone.length > 0)
      throw new Violation("3 and 6", `${alone.length} sales are stored without their product or shop`);
    const rejects = prepared(db, "SELECT id || ' ' || code FROM rejets WHERE source = '' ORDER BY 1")
      .pluck()
      .all() as string[];
    const rejected = firstDifference(rejects, expected.rejects(below));
    if (rejected !== undefined)
      throw new Violation("9", `a record that is no event is not rejected, ${rejected}`);
    for (const topic of EVENT_TOPICS)
      for (const [partition, account] of accountsOf(db, topic, PARTITIONS).entries()) {
        const events = expected.events(topic, partition, account.position);
        if (account.events !== events)
          throw new Violation(
            "2",
            `${topic}/${partition} up to ${account.position}: ${account.events} events applied, there are ${events}`,
          );
        const isReplaying = account.position < below(topic, partition);
        if (!isReplaying && explained(account) !== account.events)
          throw new Violation("1", `${topic}/${partition}: ${JSON.stringify(account)} does not add up`);
      }
  });
}

type Sums = Map<string, bigint | null>;

/** Invariant 5, as any reader may check it: SQL over the rows as of `progress` is what the analyses say. */
export const checkRead = (db: Sqlite): Reached => inOneRead(db, () => checkReadInside(db));

export interface Reached {
  readonly reached: number;
  readonly newest: number;
}

/** The same inside a read transaction that was begun before. */
export function checkReadInside(db: Sqlite): Reached {
  const one = (sql: string, ...args: unknown[]) =>
    prepared(db, sql)
      .pluck()
      .get(...args);
  const reached = one("SELECT commit_id FROM progress") as number;
  const newest = one("SELECT value FROM counters WHERE name = 'commit'") as number;
  const firstNew = one(
    `SELECT IFNULL((SELECT MIN(row_from) FROM commits WHERE commit_id > ?),
       (SELECT value + 1 FROM counters WHERE name = 'row'))`,
    reached,
  ) as number;
  type Sale = [rowId: number, product: string, shop: string, quantity: bigint, revenue: bigint];
  const columns = "id_produit, id_magasin, quantite_millioniemes, ca_millioniemes";
  const read = (sql: string, ...args: unknown[]) =>
    prepared(db, sql)
      .safeIntegers()
      .raw()
      .all(...args) as unknown[][];
  const sales = new Map<number, Sale>();
  for (const row of read(`SELECT rowid, ${columns} FROM ventes`))
    sales.set(Number(row[0]), row as unknown as Sale);
  const towns = new Map(read("SELECT id_magasin, ville FROM magasins") as [string, string][]);
  const undone = new Set<number | string>();
  for (const row of read(
    `SELECT row_id, ${columns} FROM old_ventes WHERE commit_id > ? ORDER BY n`,
    reached,
  )) {
    const rowId = Number(row[0]);
    if (!undone.has(rowId)) sales.set(rowId, row as unknown as Sale);
    undone.add(rowId);
  }
  for (const [id, town] of read(
    "SELECT id_magasin, ville FROM old_magasins WHERE commit_id > ? ORDER BY n",
    reached,
  ) as [string, string][]) {
    if (!undone.has(id)) towns.set(id, town);
    undone.add(id);
  }
  const want: Sums = new Map([["chiffre_affaires_total ", null]]);
  const add = (name: string, value: bigint) => want.set(name, (want.get(name) ?? 0n) + value);
  for (const [rowId, [, product, shop, quantity, revenue]] of sales) {
    if (rowId >= firstNew) continue;
    add("chiffre_affaires_total ", revenue);
    add(`ventes_par_produit ${product}`, quantity);
    const town = towns.get(shop);
    if (town !== undefined) add(`ventes_par_region ${town}`, revenue);
  }
  const have: Sums = new Map(
    read("SELECT nom || ' ' || cle, millioniemes FROM analyses") as [string, bigint | null][],
  );
  // Before its first refresh the analyzer has written nothing.
  if (reached === 0 && have.size === 0) have.set("chiffre_affaires_total ", null);
  const lines = (sums: Sums) => [...sums].map(([name, value]) => `${name} = ${value}`).sort();
  const difference = firstDifference(lines(have), lines(want));
  if (difference !== undefined)
    throw new Violation(
      "5",
      `as of commit ${reached} of ${newest} the analyses are not what SQL says, ${difference}`,
    );
  return { reached, newest };
}

const statements = new WeakMap<Sqlite, Map<string, Statement>>();

/** Prepared once for each connection. */
export function prepared(db: Sqlite, sql: string): Statement {
  const known = statements.get(db) ?? new Map<string, Statement>();
  statements.set(db, known);
  const statement = known.get(sql) ?? db.prepare(sql);
  known.set(sql, statement);
  return statement;
}

/** Invariants 4 and 5 when nothing is pending: the analyses are those of what the events say, by no SQL of ours. */
export function checkSettled(db: Sqlite, expected: Expected, announced: ReadonlySet<number>): void {
  const { reached, newest } = checkRead(db);
  if (reached !== newest)
    throw new Violation("4", `commit ${newest} never reached the analyses (${reached} did)`);
  checkRows(db, expected);
  for (const table of ["ventes", "produits", "magasins"]) {
    const left = db
      .prepare(`SELECT COUNT(*) FROM old_${table} WHERE commit_id <= ?`)
      .pluck()
      .get(reached) as number;
    if (left > 0) throw new Violation("4", `${left} old images of ${table} stay though they were analysed`);
  }
  for (let commit = 1; commit <= newest; commit++)
    if (!announced.has(commit)) throw new Violation("4", `commit ${commit} of ${newest} was never announced`);
}

function inOneRead<A>(db: Sqlite, read: () => A): A {
  db.exec("BEGIN");
  try {
    return read();
  } finally {
    db.exec("COMMIT");
  }
}
