/**
 * `ventes rejects`: the rejected rows. On a terminal, first the number of rows of each code with the first of each, then
 * the rows; in a pipe, the rows. Filters combine with AND. Finding rejects is no failure: exit 0.
 */
import * as Effect from "effect/Effect";
import { ENTITY_NAMES, isEntityName } from "#shared/contract/entities/index.ts";
import { parseDetails, sentenceOf } from "#shared/contract/sentences.ts";
import { onFile } from "#shared/database/attempt.ts";
import type { DatabaseError, Sqlite } from "#shared/database/sqlite.ts";
import { masked } from "#shared/runtime/masked.ts";
import type { Language } from "#shared/runtime/settings.ts";
import { type Cell, csvLine, JsonText, jsonObject, listLine, table } from "../output/rows.ts";
import { bold, isTerminal, print, printPiece } from "../output/stdout.ts";
import { openForReading } from "../run/database.ts";
import { idAmong, named } from "../run/register.ts";
import { WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { visible } from "../texts/visible.ts";

interface RejectsInput {
  readonly code: readonly string[];
  readonly source: string | undefined;
  readonly entity: string | undefined;
  readonly limit: string | undefined;
  readonly byCode: boolean;
  readonly csv: boolean;
}

/** `:codes` is a JSON array, so that one statement serves any number of codes. A code matches itself and `code.more`. */
const MATCHING = `
  FROM rejets
  WHERE (:source IS NULL OR source = :source)
    AND (:entity IS NULL OR entity = :entity)
    AND (:codes IS NULL OR EXISTS (
      SELECT 1 FROM json_each(:codes) AS wanted
      WHERE rejets.code = wanted.value OR substr(rejets.code, 1, length(wanted.value) + 1) = wanted.value || '.'))`;

/** The columns of a query: `details` is the last. */
const READ = ["id", "entity", "source", "version", "line", "raw", "code", "details"];
/** The columns of the output: the sentence is made of code and details. */
const COLUMNS = [...READ, "sentence"];
const REJECTS = `SELECT ${READ.join(", ")} ${MATCHING} ORDER BY source, line, id LIMIT :limit`;
const COUNT = `SELECT COUNT(*) ${MATCHING}`;

/** How many of each code, and the first of each by source and line. */
const CODES_READ = ["code", "rows", "source", "line", "raw", "details"];
const CODE_COLUMNS = [...CODES_READ, "sentence"];
const BY_CODE = `
  SELECT code, COUNT(*) OVER of_code AS rows, source, line, raw, details,
    ROW_NUMBER() OVER (of_code ORDER BY source, line, id) AS place
  ${MATCHING}
  WINDOW of_code AS (PARTITION BY code)`;
const CODES = `
  SELECT ${CODES_READ.join(", ")} FROM (${BY_CODE}) WHERE place = 1 ORDER BY rows DESC, code`;

/** Rows that a terminal shows when no limit is given. */
const ON_TERMINAL = 50;
const NO_LIMIT = -1;

export const rejects = (
  input: RejectsInput,
  run: Invocation,
): Effect.Effect<void, WrongUsage | DatabaseError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const filter = yield* filterOf(input, run);
      const isList = run.json || input.csv || !isTerminal();
      const limit = filter.limit ?? (isList ? NO_LIMIT : ON_TERMINAL);
      const db = yield* openForReading(run);
      yield* onFile(db.name, () => {
        const source = filter.source === null ? null : rejectedSource(db, filter.source);
        const values = { source, entity: filter.entity, codes: filter.codes };
        // One transaction: counts and rows are of one state of the database.
        db.transaction(() => {
          if (input.byCode) printCodes(db, values, input.csv, run);
          else if (isList) printRows(rowsOf(db, { ...values, limit }, run), input.csv, run);
          else printBoth(db, values, limit, run);
        })();
      });
    }),
  );

interface Filter {
  readonly source: string | null;
  readonly entity: string | null;
  /** JSON array. */
  readonly codes: string | null;
}

const filterOf = Effect.fnUntraced(function* (
  { code, source, entity, limit }: RejectsInput,
  run: Invocation,
): Effect.fn.Return<Filter & { readonly limit: number | undefined }, WrongUsage> {
  const { texts } = run;
  if (entity !== undefined && !isEntityName(entity))
    return yield* new WrongUsage({ message: texts.unknownEntity(entity, ENTITY_NAMES.join(", ")) });
  if (limit !== undefined && !/^\d{1,9}$/.test(limit))
    return yield* new WrongUsage({ message: texts.badLimit(limit) });
  return {
    source: source === undefined ? null : (yield* named(source, run)).source,
    entity: entity ?? null,
    codes: code.length === 0 ? null : JSON.stringify(code),
    limit: limit === undefined ? undefined : Number(limit),
  };
});

/** The id of a source with rejects that is named in full or as it is shown. */
export const rejectedSource = (db: Sqlite, named: string): string =>
  idAmong(db.prepare("SELECT DISTINCT source FROM rejets").pluck().all() as string[], named);

const rowsOf = (
  db: Sqlite,
  values: Filter & { readonly limit: number },
  { settings }: Invocation,
): Iterable<Cell[]> =>
  Iterator.from(db.prepare(REJECTS).raw().safeIntegers().iterate(values) as IterableIterator<Cell[]>).map(
    withSentence(READ, settings.language),
  );

const codesOf = (db: Sqlite, values: Filter, { settings }: Invocation): Cell[][] =>
  (db.prepare(CODES).raw().safeIntegers().all(values) as Cell[][]).map(
    withSentence(CODES_READ, settings.language),
  );

/** Appends the sentence of code and details, and masks the secrets in the URL of the source. */
const withSentence = (columns: readonly string[], language: Language) => {
  const at = (name: string) => columns.indexOf(name);
  const [source, code, details] = [at("source"), at("code"), at("details")];
  return (row: Cell[]): Cell[] => {
    const parsed = parseDetails(String(row[details]));
    return [
      ...row.with(source, masked(String(row[source]))).with(details, new JsonText(JSON.stringify(parsed))),
      sentenceOf(String(row[code]), parsed, language),
    ];
  };
};

function printRows(rows: Iterable<Cell[]>, csv: boolean, run: Invocation, columns = COLUMNS): void {
  if (run.json) {
    let first = true;
    printPiece("[");
    for (const row of rows) {
      printPiece(`${first ? "" : ",\n"}${jsonObject(columns, row)}`);
      first = false;
    }
    printPiece("]\n");
    return;
  }
  if (csv) printPiece(csvLine(columns));
  for (const row of rows) printPiece(csv ? csvLine(row) : listLine(row.map(onOneLine)));
}

/** A raw text may hold line ends and escapes: one reject is one line. */
const onOneLine = (cell: Cell): Cell =>
  typeof cell === "string" || cell instanceof JsonText ? visible(cell.toString()) : cell;

function printCodes(db: Sqlite, values: Filter, csv: boolean, run: Invocation): void {
  const codes = codesOf(db, values, run);
  if (run.json || csv || !isTerminal()) printRows(codes, csv, run, CODE_COLUMNS);
  else if (codes.length > 0) print(codeTable(codes));
  else print(run.texts.rejectsByCode(run.texts.count(0), ""));
}

const codeTable = (codes: readonly Cell[][]): string => {
  // Without the raw text: a long record would fill the screen, and the sentence says what is wrong.
  const isShown = (_: unknown, i: number) => !["raw", "details"].includes(CODE_COLUMNS[i] ?? "");
  return table(
    CODE_COLUMNS.filter(isShown),
    codes.map((row) => row.filter(isShown)),
  );
};

function printBoth(db: Sqlite, values: Filter, limit: number, run: Invocation): void {
  const { texts } = run;
  const codes = codesOf(db, values, run);
  const total = db.prepare(COUNT).pluck().get(values) as number;
  if (codes.length > 0) print(`${codeTable(codes)}\n`);
  for (const row of rowsOf(db, { ...values, limit }, run)) print(shown(row));
  if (total > limit) print(texts.moreRejects(texts.count(total - limit)));
  const parts = codes.map(([code, rows]) => `${code} ${texts.count(rows as bigint)}`);
  print(texts.rejectsByCode(texts.count(total), parts.join(", ")));
}

function shown(row: readonly Cell[]): string {
  const [, , source, , line, raw, code, , sentence] = row.map((cell) => visible(String(cell ?? "")));
  return `${bold(`${source}:${line}`)}  ${code}\n  ${sentence}\n  ${raw}`;
}
