/** `ventes query`: SQL on the database, read-only, one statement after the other, all as of one commit. */
import { readFileSync } from "node:fs";
import * as Effect from "effect/Effect";
import { OPERATOR_LIMITS, runSql, type SqlSink } from "#shared/database/guarded-sql/run.ts";
import { splitStatements } from "#shared/database/guarded-sql/statements.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { shownInPager } from "../output/pager.ts";
import { csvLine, jsonObject, listLine, table } from "../output/rows.ts";
import { isTerminal, printPiece, say } from "../output/stdout.ts";
import { openForReading } from "../run/database.ts";
import { saveAnalysis } from "../run/own-analyses.ts";
import { Failed, WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { parseDuration } from "../settings/settings.ts";

const DEFAULT_TIMEOUT = "10m";

/** A table must know its widths, so its rows are in memory. */
const TABLE_ROWS = 100_000;

export const query = (
  input: {
    readonly sql: string;
    readonly csv: boolean;
    readonly timeout: string | undefined;
    readonly save: string | undefined;
    readonly noPager: boolean;
  },
  run: Invocation,
): Effect.Effect<void, WrongUsage | Failed | DatabaseError> =>
  Effect.gen(function* () {
    const sql = input.sql === "-" ? readFileSync(0, "utf8") : input.sql;
    if (splitStatements(sql).length === 0) return yield* new WrongUsage({ message: run.texts.emptySql() });
    const ms = yield* Effect.try({
      try: () => parseDuration(input.timeout ?? DEFAULT_TIMEOUT, "--timeout"),
      catch: (error) => error as WrongUsage,
    });
    const mode = run.json ? "json" : input.csv ? "csv" : isTerminal() ? "table" : "list";
    const rows = mode === "table" ? TABLE_ROWS : OPERATOR_LIMITS.rows;
    if (input.save !== undefined) yield* save(input.save, sql, run);
    diesBySignal();
    // Says in our words that the file is missing, of another program or newer.
    const file = yield* Effect.scoped(Effect.map(openForReading(run), (db) => db.name));
    const { language } = run.settings;
    const tables = tablesFor(input.noPager);
    const sink = mode === "table" ? tables.sink : SINKS[mode]();
    yield* runSql({ file, sql, limits: { ...OPERATOR_LIMITS, ms, rows }, language }, sink).pipe(
      Effect.ensuring(Effect.sync(tables.show)),
      Effect.mapError(
        ({ reason, message }) => new Failed({ message: `${message}${run.texts.queryHint(reason, mode)}` }),
      ),
    );
  });

/** Keeps the query as an analysis, and says where. */
const save = (nom: string, sql: string, run: Invocation): Effect.Effect<void, WrongUsage | Failed> =>
  saveAnalysis(run.settings.data, { nom, sql, header: { titre: nom, title: nom } }, run).pipe(
    Effect.map((fichier) => say(`ventes: ${run.texts.savedAnalysis(fichier, nom)}`)),
  );

/** A reader who does not take our output blocks the process: only the system's own handling of Ctrl-C can end it. */
function diesBySignal(): void {
  for (const signal of ["SIGINT", "SIGTERM"]) process.removeAllListeners(signal);
}

/**
 * The tables of all statements, shown at the end: cut to the terminal's width where they fit its height, otherwise whole, in a
 * pager.
 */
function tablesFor(noPager: boolean): { readonly sink: SqlSink; readonly show: () => void } {
  const answers: { readonly names: readonly string[]; readonly rows: Rows[number][] }[] = [];
  // A terminal that does not know its size says 0.
  const wide = process.stdout.columns || Number.POSITIVE_INFINITY;
  const high = process.stdout.rows || Number.POSITIVE_INFINITY;
  const text = (most?: number): string => answers.map(({ names, rows }) => table(names, rows, most)).join("");
  const show = (): void => {
    // A table has two lines above its rows; the prompt of the shell takes one.
    const lines = answers.reduce((sum, { rows }) => sum + rows.length + 2, 1);
    if (lines === 1) return;
    if (noPager || lines <= high || !shownInPager(text())) printPiece(text(wide));
  };
  const sink: SqlSink = {
    columns: (names) => void answers.push({ names, rows: [] }),
    rows: (rows) => void answers.at(-1)?.rows.push(...rows),
    end: () => {},
  };
  return { sink, show };
}

type Mode = "json" | "csv" | "list";
type Rows = Parameters<SqlSink["rows"]>[0];

/** Each takes the answer of one statement after the other. Rows are written in the pieces in which they come. */
const SINKS: Readonly<Record<Mode, () => SqlSink>> = {
  list: () => ({
    columns: () => {},
    rows: (rows) => printPiece(rows.map(listLine).join("")),
    end: () => {},
  }),
  csv: () => ({
    columns: (names) => printPiece(csvLine(names)),
    rows: (rows) => printPiece(rows.map(csvLine).join("")),
    end: () => {},
  }),
  json: () => {
    let names: readonly string[] = [];
    let begins = "[";
    return {
      columns: (given) => {
        names = given;
        begins = "[";
      },
      rows: (rows) => {
        printPiece(`${begins}${rows.map((row) => jsonObject(names, row)).join(",\n")}`);
        begins = ",\n";
      },
      end: () => printPiece(`${begins === "[" ? "[" : ""}]\n`),
    };
  },
};
