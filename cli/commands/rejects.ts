/** `ventes rejects`: the rows set aside, and how many of each kind. */
import * as Effect from "effect/Effect";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { masked } from "#shared/masked.ts";
import { openForReading, sqlite } from "../database.ts";
import type { Invocation } from "../invocation.ts";
import { type Cell, csvLine, jsonObject, listLine } from "../output/rows.ts";
import { bold, isTerminal, print, printPiece } from "../output/stdout.ts";
import { visible } from "../output/visible.ts";

const REJECTS = `
  SELECT id, entity, source, version, line, raw, code, sentence
  FROM rejets ORDER BY source, line, id`;

const BY_CODE = `
  SELECT code, COUNT(*) AS rows FROM rejets GROUP BY code ORDER BY rows DESC, code`;

const COLUMNS = ["id", "entity", "source", "version", "line", "raw", "code", "sentence"];
const SOURCE = COLUMNS.indexOf("source");

export const rejects = (
  input: { readonly csv: boolean },
  run: Invocation,
): Effect.Effect<void, DatabaseError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const db = yield* openForReading(run);
      yield* sqlite(db.name, () => {
        const stored = db.prepare(REJECTS).raw().safeIntegers().iterate() as IterableIterator<Cell[]>;
        const rows = Iterator.from(stored).map((row) => row.with(SOURCE, masked(String(row[SOURCE]))));
        if (run.json) {
          let first = true;
          printPiece("[");
          for (const row of rows) {
            printPiece(`${first ? "" : ",\n"}${jsonObject(COLUMNS, row)}`);
            first = false;
          }
          printPiece("]\n");
        } else if (input.csv) {
          printPiece(csvLine(COLUMNS));
          for (const row of rows) printPiece(csvLine(row));
        } else if (isTerminal()) {
          for (const row of rows) print(shown(row));
          print(byCode(db.prepare(BY_CODE).all() as CodeCount[], run));
        } else {
          for (const row of rows) printPiece(listLine(row));
        }
      });
    }),
  );

interface CodeCount {
  readonly code: string;
  readonly rows: number;
}

function shown(row: readonly Cell[]): string {
  const [, , source, , line, raw, code, sentence] = row.map((cell) => visible(String(cell ?? "")));
  return `${bold(`${source}:${line}`)}  ${code}\n  ${sentence}\n  ${raw}`;
}

function byCode(codes: readonly CodeCount[], run: Invocation): string {
  const total = codes.reduce((sum, { rows }) => sum + rows, 0);
  const parts = codes.map(({ code, rows }) => `${code} ${run.texts.count(rows)}`);
  return run.texts.rejectsByCode(run.texts.count(total), parts.join(", "));
}
