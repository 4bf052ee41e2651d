/**
 * Compares columns.db with the sales of ventes.db, one by one, as of the commit that both reflect, from one snapshot. They differ
 * only after a change by hand or a fault of the program.
 */

import type { SaleRow } from "#shared/database/sale-rows.ts";
import { openPlain, type Sqlite } from "#shared/database/sqlite.ts";
import { databaseId } from "#shared/database/ventes-db.ts";
import { prepareChangedRows, type Step } from "./changed-rows.ts";
import { CHUNK_ROWS, Chunk } from "./chunk.ts";
import { openColumnsBeside } from "./columns-db.ts";
import { dayNumber } from "./days.ts";
import { PROGRESS, ROW_END } from "./progress.ts";

/** Row ids of one step, which takes some 50 ms. */
const STEP_ROWS = 32 * CHUNK_ROWS;
/** How often both files are opened again when another process writes between the two. */
const TRIES = 20;
/** The number of a product, shop or source that columns.db does not have: no chunk holds it. */
const UNKNOWN = 2 ** 32 - 1;

/**
 * Works in steps. Returns false when they differ. `ventes`: the path of ventes.db. Returns true also when columns.db reflects
 * another commit, because the next refresh brings it in step or fills it again. A caller that stops before the end calls
 * `return`.
 */
export function* comparing(ventes: string): Generator<void, boolean, void> {
  const db = openPlain(ventes);
  const columns = openColumnsBeside(ventes);
  try {
    const at = beginTogether(db, columns);
    if (at === undefined) return true;
    const isSame = prepareStep(db, columns);
    const end = db.prepare(ROW_END).pluck().get(at) as number;
    for (let rowFirst = 0; rowFirst < end; rowFirst += STEP_ROWS) {
      if (!isSame({ from: at, to: at, rowFirst, rowEnd: Math.min(rowFirst + STEP_ROWS, end) })) return false;
      yield;
    }
    const more = columns.prepare("SELECT EXISTS (SELECT 1 FROM chunks WHERE n * ? >= ?)").pluck();
    return more.get(CHUNK_ROWS, end) === 0 && areCities(db, columns, at);
  } finally {
    // Open transactions end with their connections.
    columns.close();
    db.close();
  }
}

/** Begins a transaction on each, and returns the commit that both reflect; undefined: there is no such commit. */
function beginTogether(db: Sqlite, columns: Sqlite): number | undefined {
  const database = databaseId(db);
  for (let tried = 0; tried < TRIES; tried++) {
    db.exec("BEGIN");
    columns.exec("BEGIN");
    const mark = db.prepare(PROGRESS).get() as { commit_id: number; progressed_at: string };
    const isAt = columns.prepare("SELECT 1 FROM state WHERE database = ? AND commit_id = ? AND at = ?");
    if (isAt.get(database, mark.commit_id, mark.progressed_at) !== undefined) return mark.commit_id;
    db.exec("COMMIT");
    columns.exec("COMMIT");
  }
  return undefined;
}

/** Whether the chunks of a step have its sales and no others. */
function prepareStep(db: Sqlite, columns: Sqlite): (step: Step) => boolean {
  const rows = prepareChangedRows(db);
  const stored = columns
    .prepare("SELECT n, first_day, last_day, data FROM chunks WHERE n >= ? AND n < ?")
    .raw();
  const numbersOf = (table: string) =>
    new Map(columns.prepare(`SELECT id, n FROM ${table}`).raw().all() as [string, number][]);
  const [products, shops, sources] = [numbersOf("products"), numbersOf("shops"), numbersOf("sources")];
  return (step) => {
    const right = new Map<number, Chunk>();
    const put = ([rowId, day, product, shop, source, revenue, quantity]: SaleRow) => {
      const n = Math.floor(rowId / CHUNK_ROWS);
      let chunk = right.get(n);
      if (chunk === undefined) {
        chunk = new Chunk();
        right.set(n, chunk);
      }
      const i = rowId % CHUNK_ROWS;
      chunk.product[i] = products.get(product) ?? UNKNOWN;
      chunk.shop[i] = shops.get(shop) ?? UNKNOWN;
      chunk.source[i] = sources.get(source) ?? UNKNOWN;
      chunk.day[i] = dayNumber(day);
      chunk.setAmounts(i, revenue, quantity);
    };
    rows.each(step, { putNew: put, put, drop: () => {} });
    const first = Math.floor(step.rowFirst / CHUNK_ROWS);
    const has = stored.all(first, Math.ceil(step.rowEnd / CHUNK_ROWS)) as [number, number, number, Buffer][];
    return (
      has.length === right.size &&
      has.every(([n, firstDay, lastDay, data]) => {
        const chunk = right.get(n);
        const days = chunk?.days();
        return days?.[0] === firstDay && days[1] === lastDay && isSameChunk(chunk, data);
      })
    );
  };
}

function isSameChunk(right: Chunk | undefined, data: Buffer): boolean {
  if (right?.bytes.length !== data.length) return false;
  const stored = new Chunk(data);
  for (let i = 0; i < CHUNK_ROWS; i++) if (!right.isSame(i, stored, i)) return false;
  return true;
}

/** Whether the shops have the cities that they had at the commit: the first image after it, or the row as it stands. */
function areCities(db: Sqlite, columns: Sqlite, commit: number): boolean {
  const image = db
    .prepare("SELECT ville FROM old_magasins WHERE id_magasin = ? AND commit_id > ? ORDER BY n LIMIT 1")
    .pluck();
  const stands = db.prepare("SELECT ville FROM magasins WHERE id_magasin = ?").pluck();
  const shops = columns.prepare("SELECT id, city FROM shops WHERE is_old = 0").raw().all() as [
    string,
    string,
  ][];
  return shops.every(([id, city]) => {
    const right = image.get(id, commit) ?? stands.get(id);
    return right === undefined || right === city;
  });
}
