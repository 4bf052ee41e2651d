/**
 * Keeps columns.db in step with the analyses: a step of a refresh is a transaction of columns.db inside the transaction
 * of ventes.db, committed before it. After a crash between the two, columns.db is one step ahead; the next step
 * sets the same sales again, from their rows, so nothing counts twice.
 */

import type { SaleRow } from "#shared/database/sale-rows.ts";
import { openPlain, type Sqlite } from "#shared/database/sqlite.ts";
import { databaseId } from "#shared/database/ventes-db.ts";
import { type ChangeNotes, prepareChangeNotes } from "./change-notes.ts";
import { prepareChangedRows, type Step } from "./changed-rows.ts";
import { CHUNK_ROWS, Chunk } from "./chunk.ts";
import { openColumnsBeside } from "./columns-db.ts";
import { comparing } from "./compare.ts";
import { dayNumber } from "./days.ts";
import { prepareNumbers } from "./numbers.ts";
import { PROGRESS, ROW_END } from "./progress.ts";

/** Row ids of one step of a rebuild. */
const REBUILD_ROWS = 64 * CHUNK_ROWS;

/** Chunks in memory, 32 KB each. Rows come in the order of their ids, so few are read twice. */
const MOST_OPEN = 64;

const START = "INSERT INTO state VALUES (?, ?, ?, ?, ?, ?)";

export interface Columns {
  /**
   * Applies a step that `progress` takes at `now`, and calls `take` for each new sale. Runs inside the caller's
   * transaction on ventes.db. Returns false, and does nothing, when the chunks do not reflect the commit `from`:
   * `rebuilding` then fills them again from the sales.
   */
  readonly apply: (step: Step, now: Date, take?: (sale: SaleRow) => void) => boolean;
  /** Whether the chunks are as of the progress of ventes.db. */
  readonly isInStep: () => boolean;
  /**
   * Fills all chunks again, as of the progress of one snapshot of ventes.db, in steps of about 100 ms. A caller that
   * stops before the end calls `return`; then nothing has changed.
   */
  readonly rebuilding: (now: Date) => Generator<void, void, void>;
  /** Compares the chunks with the sales in steps; false: they differ (compare.ts). */
  readonly comparing: () => Generator<void, boolean, void>;
  /** Empties columns.db, so that it is not in step any more. */
  readonly discard: () => void;
  readonly close: () => void;
}

interface State {
  readonly database: string;
  readonly from_commit: number;
  readonly from_at: string;
  readonly commit_id: number;
  readonly at: string;
}

interface Mark {
  readonly commit_id: number;
  readonly progressed_at: string;
}

/** Opens columns.db beside the ventes.db of this connection, and creates it if it is missing. Throws DatabaseError. */
export function openColumns(db: Sqlite): Columns {
  const columns = openColumnsBeside(db.name);
  const database = databaseId(db);
  const chunks = prepareChunks(columns);
  const notes = prepareChangeNotes(db, columns);
  const setting = prepareSetting(db, columns, chunks, notes);
  const progress = db.prepare(PROGRESS);
  const state = columns.prepare("SELECT * FROM state");
  const begin = columns.prepare("BEGIN IMMEDIATE");
  const setState = columns.prepare(`
    UPDATE state SET from_commit = ?, from_at = ?, commit_id = ?, at = ?`);
  const restart = columns.prepare(START);
  const isAt = (of: State | undefined, { commit_id, progressed_at }: Mark) =>
    of !== undefined &&
    of.database === database &&
    ((of.commit_id === commit_id && of.at === progressed_at) ||
      (of.from_commit === commit_id && of.from_at === progressed_at));

  const inTransaction = <A>(work: () => A): A => {
    begin.run();
    try {
      const result = work();
      columns.exec("COMMIT");
      return result;
    } catch (error) {
      if (columns.inTransaction) columns.exec("ROLLBACK");
      chunks.forget();
      setting.forget();
      throw error;
    } finally {
      notes.forget();
    }
  };

  return {
    isInStep: () => {
      const mark = progress.get() as Mark;
      const of = state.get() as State | undefined;
      return isAt(of, mark) || (of === undefined && mark.commit_id === 0 && startEmpty(mark));
    },
    apply: (step, now, take) =>
      inTransaction(() => {
        const mark = progress.get() as Mark;
        const of = state.get() as State | undefined;
        // Ahead by more than this step: the chunks have sales of commits after it.
        if (of === undefined || !isAt(of, mark) || of.commit_id > step.to) return false;
        setting.set(step, take);
        notes.store(step);
        setState.run(mark.commit_id, mark.progressed_at, step.to, now.toISOString());
        return true;
      }),
    rebuilding: (now) => rebuilding(db.name, database, now),
    comparing: () => comparing(db.name),
    discard: () => {
      inTransaction(() => empty(columns));
      chunks.forget();
      setting.forget();
    },
    close: () => columns.close(),
  };

  /** A new database: there is nothing to read. */
  function startEmpty({ commit_id, progressed_at }: Mark): boolean {
    restart.run(database, commit_id, progressed_at, commit_id, progressed_at, null);
    return true;
  }
}

function empty(columns: Sqlite): void {
  for (const table of ["chunks", "products", "shops", "sources", "changes", "state"])
    columns.exec(`DELETE FROM ${table}`);
}

/** On connections of its own: that of the refresher may be in a transaction between two steps. */
function* rebuilding(ventes: string, database: string, now: Date): Generator<void, void, void> {
  const db = openPlain(ventes);
  const columns = openColumnsBeside(ventes);
  try {
    db.exec("BEGIN");
    const { commit_id: at, progressed_at } = db.prepare(PROGRESS).get() as Mark;
    columns.exec("BEGIN IMMEDIATE");
    empty(columns);
    const setting = prepareSetting(db, columns, prepareChunks(columns));
    const end = db.prepare(ROW_END).pluck().get(at) as number;
    for (let rowFirst = 0; rowFirst < end; rowFirst += REBUILD_ROWS) {
      setting.set({ from: at, to: at, rowFirst, rowEnd: Math.min(rowFirst + REBUILD_ROWS, end) });
      yield;
    }
    columns.prepare(START).run(database, at, progressed_at, at, progressed_at, now.toISOString());
    columns.exec("COMMIT");
  } finally {
    // An open transaction ends with its connection, and changes nothing.
    columns.close();
    db.close();
  }
}

/** Sets the sales of a step in the chunks, from their rows. */
function prepareSetting(db: Sqlite, columns: Sqlite, chunks: Chunks, notes?: ChangeNotes) {
  const numbers = prepareNumbers(db, columns);
  const rows = prepareChangedRows(db);
  const setting = (rowId: number, set: (chunk: Chunk, i: number) => void) => {
    const chunk = chunks.at(rowId);
    const i = rowId % CHUNK_ROWS;
    notes?.before(chunk, i);
    set(chunk, i);
    notes?.after(chunk, i);
  };
  // Consecutive sales often have the same day and source: a comparison is cheaper than a look-up.
  let [lastDay, day, lastSource, source] = ["", 0, "", 0];
  const dayOf = (text: string): number => {
    if (text !== lastDay) [lastDay, day] = [text, dayNumber(text)];
    return day;
  };
  const sourceOf = (id: string): number => {
    if (id !== lastSource) [lastSource, source] = [id, numbers.source(id)];
    return source;
  };
  const put = (row: SaleRow): void =>
    setting(row[0], (chunk, i) => {
      chunk.day[i] = dayOf(row[1]);
      chunk.product[i] = numbers.product(row[2]);
      chunk.shop[i] = numbers.shop(row[3]);
      chunk.source[i] = sourceOf(row[4]);
      chunk.setAmounts(i, row[5], row[6]);
    });
  const drop = (rowId: number): void =>
    setting(rowId, (chunk, i) => {
      chunk.product[i] = 0;
    });
  const set = (step: Step, take?: (sale: SaleRow) => void): void => {
    lastSource = "";
    numbers.begin();
    numbers.changed(step.from, step.to);
    const putNew =
      take === undefined
        ? put
        : (row: SaleRow) => {
            put(row);
            take(row);
          };
    rows.each(step, { putNew, put, drop });
    chunks.store();
  };
  return { set, forget: numbers.forget };
}

/** The chunks of one transaction. A chunk that `at` gave may be changed until the next call of it. */
interface Chunks {
  readonly at: (rowId: number) => Chunk;
  readonly store: () => void;
  readonly forget: () => void;
}

function prepareChunks(columns: Sqlite): Chunks {
  const read = columns.prepare("SELECT data FROM chunks WHERE n = ?").pluck();
  const put = columns.prepare("INSERT OR REPLACE INTO chunks VALUES (?, ?, ?, ?)");
  const drop = columns.prepare("DELETE FROM chunks WHERE n = ?");
  const open = new Map<number, Chunk>();
  let [lastN, last] = [-1, new Chunk()];
  const store = () => {
    for (const [n, chunk] of open) {
      const days = chunk.days();
      if (days === undefined) drop.run(n);
      else put.run(n, ...days, chunk.bytes);
    }
    open.clear();
    lastN = -1;
  };
  return {
    at: (rowId: number): Chunk => {
      const n = Math.floor(rowId / CHUNK_ROWS);
      if (n === lastN) return last;
      let chunk = open.get(n);
      if (chunk === undefined) {
        if (open.size >= MOST_OPEN) store();
        chunk = new Chunk(read.get(n) as Buffer | undefined);
        open.set(n, chunk);
      }
      [lastN, last] = [n, chunk];
      return chunk;
    },
    store,
    forget: () => {
      open.clear();
      lastN = -1;
    },
  };
}
