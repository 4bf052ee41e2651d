/** Reads the sales that meet a filter out of columns.db, chunk by chunk. */
import type { Sqlite } from "#shared/database/sqlite.ts";
import { CHUNK_ROWS, Chunk } from "./chunk.ts";

/** Which sales count: numbers of columns.db. Undefined: any. */
export interface Wanted {
  readonly product: number | undefined;
  readonly source: ReadonlySet<number> | undefined;
  readonly shops: ReadonlySet<number> | undefined;
}

/** Days since 1970-01-01, both included. */
export interface Days {
  readonly first: number;
  readonly last: number;
}

interface Scan {
  /** Calls `visit` for each sale of these days that is wanted, in the order of row ids. */
  readonly each: (
    days: Days,
    wanted: Wanted,
    visit: (chunk: Chunk, i: number, rowId: number) => void,
  ) => void;
  /** The same, one chunk at a time: yields the row ids of the sales in the chunk. */
  readonly rowIds: (days: Days, wanted: Wanted) => Generator<readonly number[], void, void>;
}

/** Prepares the statement. Call it in a transaction, so that all chunks are of one commit. */
export function prepareScan(columns: Sqlite): Scan {
  const chunks = columns
    .prepare("SELECT n, data FROM chunks WHERE last_day >= ? AND first_day <= ? ORDER BY n")
    .raw();
  const inDays = ({ first, last }: Days) => chunks.iterate(first, last) as IterableIterator<Stored>;
  return {
    each: (days, wanted, visit) => {
      for (const stored of inDays(days)) visitChunk(stored, days, wanted, visit);
    },
    rowIds: function* (days, wanted) {
      for (const stored of inDays(days)) {
        const found: number[] = [];
        visitChunk(stored, days, wanted, (_chunk, _i, rowId) => found.push(rowId));
        yield found;
      }
    },
  };
}

/** A row of the table chunks. */
type Stored = readonly [n: number, data: Buffer];

function visitChunk(
  [n, data]: Stored,
  { first, last }: Days,
  { product, source, shops }: Wanted,
  visit: (chunk: Chunk, i: number, rowId: number) => void,
): void {
  const chunk = new Chunk(data);
  for (let i = 0; i < CHUNK_ROWS; i++) {
    const found = chunk.product[i] as number;
    if (found === 0 || (product !== undefined && found !== product)) continue;
    const day = chunk.day[i] as number;
    if (day < first || day > last) continue;
    if (source !== undefined && !source.has(chunk.source[i] as number)) continue;
    if (shops !== undefined && !shops.has(chunk.shop[i] as number)) continue;
    visit(chunk, i, n * CHUNK_ROWS + i);
  }
}
