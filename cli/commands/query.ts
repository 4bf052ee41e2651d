/** `ventes query`: SQL on the database, read-only, one statement after the other. */
import { readFileSync } from "node:fs";
import * as Effect from "effect/Effect";
import type { DatabaseError, Sqlite } from "#shared/database/sqlite.ts";
import { type Cell, csvLine, jsonObject, listLine, table } from "../output/rows.ts";
import { isTerminal, print, printPiece } from "../output/stdout.ts";
import { openForReading } from "../run/database.ts";
import { Failed, WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { splitStatements } from "./sql.ts";

/** Rows are written in pieces of this many characters. */
const CHUNK = 1 << 16;

export const query = (
  input: { readonly sql: string; readonly csv: boolean },
  run: Invocation,
): Effect.Effect<void, WrongUsage | Failed | DatabaseError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const text = input.sql === "-" ? readFileSync(0, "utf8") : input.sql;
      const statements = splitStatements(text);
      if (statements.length === 0) return yield* new WrongUsage({ message: run.texts.emptySql() });
      const mode = run.json ? "json" : input.csv ? "csv" : isTerminal() ? "table" : "list";
      diesBySignal();
      const db = yield* openForReading(run);
      yield* Effect.try({
        try: () => {
          for (const statement of statements) answer(db, statement, mode);
        },
        catch: (error) => new Failed({ message: `SQL: ${error instanceof Error ? error.message : error}` }),
      });
    }),
  );

/** A query is one long synchronous call: only the system's own handling of Ctrl-C can end it. */
function diesBySignal(): void {
  for (const signal of ["SIGINT", "SIGTERM"]) process.removeAllListeners(signal);
}

type Mode = "json" | "csv" | "table" | "list";

function answer(db: Sqlite, sql: string, mode: Mode): void {
  const statement = db.prepare(sql);
  if (!statement.reader) {
    statement.run();
    return;
  }
  const names = statement.columns().map((column) => column.name);
  const rows = statement.raw().safeIntegers().iterate() as IterableIterator<Cell[]>;
  if (mode === "table") {
    print(table(names, [...rows]));
    return;
  }
  let piece = mode === "csv" ? csvLine(names) : mode === "json" ? "[" : "";
  let first = true;
  for (const row of rows) {
    if (mode === "json") piece += `${first ? "" : ",\n"}${jsonObject(names, row)}`;
    else piece += mode === "csv" ? csvLine(row) : listLine(row);
    first = false;
    if (piece.length > CHUNK) {
      printPiece(piece);
      piece = "";
    }
  }
  if (mode === "json") piece += "]\n";
  printPiece(piece);
}
