/** SQL that a reader types, answered by a process of its own with limits; and the schema that it may name. */
import { existsSync } from "node:fs";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import {
  FOREIGN_LIMITS,
  runSql,
  type SqlFailure,
  type SqlValue,
  sqlSentence,
} from "#shared/database/guarded-sql/run.ts";
import { splitStatements } from "#shared/database/guarded-sql/statements.ts";
import { tablesIn } from "#shared/database/guarded-sql/tables-in.ts";
import { ventesFile } from "#shared/database/ventes-db.ts";
import { command } from "#shared/runtime/command.ts";
import { masked } from "#shared/runtime/masked.ts";
import { elapsedMs } from "#shared/runtime/time.ts";
import type { QueryAnswer, SchemaAnswer } from "../api/queries.ts";
import { BadFilter, type NotReadable, type QueryQuestion } from "./reading.ts";
import { NO_DATABASE, type Snapshot } from "./snapshot.ts";

type Cell = QueryAnswer["rows"][number][number];

/** Characters of all cells of an answer, which the server holds. */
const MOST_CHARACTERS = 8 * 1024 ** 2;
const TOO_LONG = {
  fr: `la réponse a plus de ${MOST_CHARACTERS} caractères : demandez moins de colonnes ou de lignes`,
  en: `the answer has more than ${MOST_CHARACTERS} characters: ask for fewer columns or rows`,
};
const SECRET = (source: string) => ({
  fr: `l'adresse d'une source contient un secret (${source}), que du SQL pourrait lire ici : mettez-le dans VENTES_CREDENTIALS, ou utilisez ${command("query")}`,
  en: `the address of a source holds a secret (${source}), which SQL could read here: put it into VENTES_CREDENTIALS, or use ${command("query")}`,
});
const MANY = {
  fr: "donnez une seule requête : la page montre une seule réponse",
  en: "give one query: the page shows one answer",
};
/** The commit of the figures. It is the first statement of the transaction in which the query runs, so both see the same commit. */
const AS_OF = `
  SELECT commit_id, NULLIF(progressed_at, '1970-01-01T00:00:00.000Z'),
    MAX(commit_id, IFNULL((SELECT MAX(commit_id) FROM commits), 0)) FROM progress`;

/**
 * Throws BadFilter where the address of a source holds a secret: others than the operator may see the page, and no mask
 * would find a secret that SQL reads in parts.
 */
export function assertNoSecrets({ ventes }: Pick<Snapshot, "ventes">): void {
  const sources = ventes.prepare("SELECT DISTINCT source FROM versions").pluck().all() as string[];
  const secret = sources.find((source) => masked(source) !== source);
  if (secret !== undefined) throw new BadFilter(SECRET(masked(secret)));
}

/**
 * The rows of one SELECT. `limit`: at most so many rows, and `more` says that there were others, or that they are too long for
 * an answer; without it, both are an error.
 */
export const readQuery = Effect.fnUntraced(function* (
  dir: string,
  { sql, limit }: QueryQuestion,
): Effect.fn.Return<Omit<QueryAnswer, "now" | "demo" | "currency">, NotReadable | BadFilter> {
  const file = ventesFile(dir);
  if (!existsSync(file)) return yield* NO_DATABASE();
  if (splitStatements(sql).length > 1) return yield* new BadFilter(MANY);
  const answers: { columns: readonly string[]; rows: Cell[][] }[] = [];
  let room = MOST_CHARACTERS;
  const full = yield* Deferred.make<void>();
  const began = yield* elapsedMs;
  const failure = yield* runSql(
    {
      file,
      sql: `${AS_OF};\n${sql}`,
      // The row of AS_OF is one of them.
      limits: { ...FOREIGN_LIMITS, rows: 1 + (limit ?? FOREIGN_LIMITS.rows) },
      language: "en",
    },
    {
      columns: (columns) => void answers.push({ columns, rows: [] }),
      rows: (rows) => {
        for (const row of rows) {
          room -= row.reduce<number>((sum, value) => sum + charactersOf(value), 0);
          if (room < 0) return void Deferred.doneUnsafe(full, Effect.void);
          answers.at(-1)?.rows.push(row.map(cellOf));
        }
      },
      end: () => {},
    },
  ).pipe(
    Effect.as(undefined),
    Effect.catch((failure) => Effect.succeed(failure)),
    // Ends the query: the rest of its rows would be read for nobody.
    Effect.raceFirst(Deferred.await(full)),
  );
  const isFull = room < 0;
  if (isFull && limit === undefined) return yield* new BadFilter(TOO_LONG);
  const isCut = failure?.reason === "rows" && limit !== undefined;
  if (failure !== undefined && !isCut && !isFull) return yield* refused(failure);
  const [asOf, answer] = answers;
  if (answer === undefined) return yield* refused({ reason: "empty", detail: "" });
  const [commit, reached, newest] = asOf?.rows[0] ?? [];
  return {
    commit: Number(commit),
    reached: reached === null ? null : String(reached),
    newest: Number(newest),
    columns: answer.columns,
    rows: answer.rows.slice(0, limit),
    more: isCut || isFull,
    ms: Math.round((yield* elapsedMs) - began),
  };
});

const refused = (failure: Pick<SqlFailure, "reason" | "detail" | "near">): BadFilter =>
  new BadFilter({ fr: sqlSentence(failure, "fr"), en: sqlSentence(failure, "en") });

/** The characters of the cell in the answer; at least 8, because short cells take memory too. */
const charactersOf = (value: SqlValue): number =>
  Math.max(8, typeof value === "string" ? value.length : Buffer.isBuffer(value) ? 2 * value.length : 0);

function cellOf(value: SqlValue): Cell {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  return Buffer.isBuffer(value) ? `x'${value.toString("hex")}'` : value;
}

/** The tables that the schema shows, in this order. It shows all views, too. */
const TABLES = [
  "ventes",
  "produits",
  "magasins",
  "prix",
  "orphelins",
  "rejets",
  "analyses",
  "analyses_historique",
  "analyses_liste",
];
const INTERNAL = /millioniemes$|^(?:origine|offset)$/;

export function readSchema({ ventes }: Pick<Snapshot, "ventes">): Pick<SchemaAnswer, "tables"> {
  const all = tablesIn(ventes).map(({ columns, ...table }) => ({
    ...table,
    columns: columns.filter(({ name }) => !INTERNAL.test(name)),
  }));
  return {
    tables: [
      ...TABLES.flatMap((name) => all.filter((table) => table.name === name)),
      ...all.filter(({ kind }) => kind === "view"),
    ],
  };
}
