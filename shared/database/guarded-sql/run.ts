/**
 * Answers SQL that others wrote, whatever it says: it reads one database and nothing else, writes nothing, and is ended
 * at its limits of time, rows and memory. A process of its own runs it, because a query blocks its thread. The process
 * gets none of our environment, so it knows no secret. All statements see one commit.
 *
 * The read transaction lasts as long as the answer. A reader who stops reading would keep SQLite from reusing the WAL,
 * which would then grow with each commit; so after `stallMs` the answer ends with a failure.
 */
import { type ChildProcess, fork } from "node:child_process";
import { getCompileCacheDir } from "node:module";
import { fileURLToPath } from "node:url";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Queue from "effect/Queue";
import * as Schema from "effect/Schema";
import type * as Scope from "effect/Scope";
import type { Language } from "../../runtime/settings.ts";
import { elapsedMs } from "../../runtime/time.ts";
import type { Answer, Ask, SqlValue } from "./protocol.ts";
import { notReading, splitStatements } from "./statements.ts";

export type { SqlValue } from "./protocol.ts";

export interface SqlLimits {
  /** Milliseconds that the query may work. Time that `sink` takes does not count. */
  readonly ms: number;
  /** The most rows of all statements; Infinity: any number. */
  readonly rows: number;
  /** The memory of the query in bytes, sorting included. */
  readonly memoryBytes: number;
  /** Milliseconds that `sink` may take for a batch of rows. */
  readonly stallMs: number;
  /** Milliseconds that the query waits where it names tables that are between two states; they are a part of `ms`. */
  readonly waitMs: number;
}

const MIB = 1024 ** 2;

/** For a query that an operator types. */
export const OPERATOR_LIMITS: SqlLimits = {
  ms: 10 * 60_000,
  rows: Number.POSITIVE_INFINITY,
  memoryBytes: 1024 * MIB,
  stallMs: 60_000,
  waitMs: 10_000,
};

/** For a query that someone else sends: a page, another program. */
export const FOREIGN_LIMITS: SqlLimits = {
  ms: 5_000,
  rows: 10_000,
  memoryBytes: 128 * MIB,
  stallMs: 10_000,
  waitMs: 2_000,
};

/** A row must fit into a message of ours, and the process that reads it holds it. */
const ROW_BYTES = 16 * MIB;
/** The longest text of a query. */
const SQL_BYTES = MIB;
/** The part of the process that is not SQLite: rows on their way. */
const HEAP_MB = 256;

/** Why a query has no answer, or no more of it. `message` says it in the language that was given. */
export class SqlFailure extends Schema.TaggedError<SqlFailure>()("SqlFailure", {
  reason: Schema.Literals([
    "empty",
    "writes",
    "sql",
    "time",
    "rows",
    "memory",
    "rowSize",
    "stalled",
    "unfinished",
  ]),
  message: Schema.String,
  /** What `message` says of the reason, without a language. */
  detail: Schema.String,
  /** The name that the query meant, where it has one that does not exist. */
  near: Schema.optionalKey(Schema.String),
}) {}
type Reason = SqlFailure["reason"];

/** Takes an answer as it comes. Each call returns before more rows are asked for. */
export interface SqlSink {
  readonly columns: (names: readonly string[]) => void;
  readonly rows: (rows: readonly (readonly SqlValue[])[]) => void;
  /** The statement has no more rows. */
  readonly end: () => void;
}

export interface SqlRequest {
  /** The path of a database that exists and is known to be ours. */
  readonly file: string;
  /** One statement or several. */
  readonly sql: string;
  readonly limits: SqlLimits;
  readonly language: Language;
}

const SENTENCES: Readonly<Record<Reason, Readonly<Record<Language, (detail: string) => string>>>> = {
  empty: {
    fr: () => "la requête est vide : donnez un SELECT",
    en: () => "the query is empty: give a SELECT",
  },
  writes: {
    fr: (what) =>
      `${what} n'est pas permis : une requête lit cette base et rien d'autre (SELECT, WITH, VALUES, EXPLAIN)`,
    en: (what) =>
      `${what} is not allowed: a query reads this database and nothing else (SELECT, WITH, VALUES, EXPLAIN)`,
  },
  sql: { fr: (what) => `SQL : ${what}`, en: (what) => `SQL: ${what}` },
  time: {
    fr: (seconds) =>
      `la requête a pris plus de ${seconds} s : restreignez-la (WHERE, LIMIT, un JOIN par un id)`,
    en: (seconds) => `the query took more than ${seconds} s: narrow it (WHERE, LIMIT, a JOIN by an id)`,
  },
  rows: {
    fr: (rows) => `la réponse a plus de ${rows} lignes : ajoutez LIMIT, ou regroupez (GROUP BY)`,
    en: (rows) => `the answer has more than ${rows} rows: add LIMIT, or GROUP BY`,
  },
  memory: {
    fr: (mib) => `la requête demande plus de ${mib} Mio de mémoire : triez ou regroupez moins de lignes`,
    en: (mib) => `the query needs more than ${mib} MiB of memory: sort or group fewer rows`,
  },
  rowSize: {
    fr: (bytes) =>
      `une ligne de la réponse a ${bytes} octets, plus de ${ROW_BYTES} : prenez-en une partie (substr)`,
    en: (bytes) =>
      `a row of the answer has ${bytes} bytes, more than ${ROW_BYTES}: take a part of it (substr)`,
  },
  stalled: {
    fr: (ms) =>
      `personne n'a lu la réponse pendant ${Number(ms) / 1000} s, et la base ne peut pas attendre : écrivez-la d'abord dans un fichier`,
    en: (ms) =>
      `nobody read the answer for ${Number(ms) / 1000} s, and the database cannot wait: write it to a file first`,
  },
  unfinished: {
    fr: (what) =>
      `un changement qui touche beaucoup de ventes est en cours (${what}), et les tables sont entre deux états : redemandez quand il sera fini ; si rien ne tourne, npx ventes start le finit. Les analyses, elles, sont justes : SELECT * FROM analyses`,
    en: (what) =>
      `a change that concerns many sales is being applied (${what}), and the tables are between two states: ask again when it is done; if nothing runs, npx ventes start finishes it. The analyses are right meanwhile: SELECT * FROM analyses`,
  },
};

/** The message of a failure in a language. */
export function sqlSentence({ reason, detail, near }: Why, language: Language): string {
  const says = SENTENCES[reason][language](detail);
  if (near === undefined) return says;
  return language === "fr" ? `${says} (vouliez-vous dire ${near} ?)` : `${says} (did you mean ${near}?)`;
}

/**
 * Runs statements one after the other, and gives `sink` what they answer. Fails with SqlFailure; `sink` has then what came
 * before, within its limits. An interruption ends the process of the query at once.
 */
export const runSql = (request: SqlRequest, sink: SqlSink): Effect.Effect<void, SqlFailure> =>
  Effect.scoped(answered(request, sink)).pipe(
    Effect.mapError((why) => new SqlFailure({ ...why, message: sqlSentence(why, request.language) })),
  );

interface Why {
  readonly reason: Reason;
  readonly detail: string;
  readonly near?: string;
}

const answered = Effect.fnUntraced(function* (
  { file, sql, limits }: SqlRequest,
  sink: SqlSink,
): Effect.fn.Return<void, Why, Scope.Scope> {
  const fail = (reason: Reason, detail = ""): Effect.Effect<never, Why> => Effect.fail({ reason, detail });
  if (Buffer.byteLength(sql) > SQL_BYTES) return yield* fail("sql", `> ${SQL_BYTES} bytes`);
  const statements = splitStatements(sql);
  if (statements.length === 0) return yield* fail("empty");
  for (const statement of statements) {
    const what = notReading(statement);
    if (what !== undefined) return yield* fail("writes", what);
  }
  const { memoryBytes, stallMs, waitMs } = limits;
  const asked = yield* Effect.acquireRelease(startChild, ({ child }) =>
    Effect.sync(() => child.kill("SIGKILL")),
  );
  let left = limits.ms;
  let rows = 0;
  let ask: Ask = { job: { file, statements, memoryBytes, rowBytes: ROW_BYTES, stallMs, waitMs } };
  for (;;) {
    const since = yield* elapsedMs;
    const answer = yield* answerOf(asked, ask).pipe(Effect.timeoutOption(Math.max(left, 1)));
    if (Option.isNone(answer)) return yield* fail("time", String(limits.ms / 1000));
    left -= (yield* elapsedMs) - since;
    const { value } = answer;
    if (value.is === "done") return;
    if (value.is === "failed") {
      const { is: _, ...why } = value;
      return yield* Effect.fail(
        why.reason === "memory" ? { ...why, detail: String(memoryBytes / MIB) } : why,
      );
    }
    if (value.is === "rows" && rows + value.rows.length > limits.rows) {
      give(sink, { ...value, rows: value.rows.slice(0, limits.rows - rows) });
      return yield* fail("rows", String(limits.rows));
    }
    if (value.is === "rows") rows += value.rows.length;
    give(sink, value);
    ask = "more";
  }
});

function give(sink: SqlSink, answer: Exclude<Answer, { is: "done" | "failed" }>): void {
  if (answer.is === "columns") sink.columns(answer.names);
  else if (answer.is === "rows") sink.rows(answer.rows);
  else sink.end();
}

/** Signals by which the query's process is ended for its memory: by its own watch, by the system, or by V8. */
const OUT_OF_MEMORY: ReadonlySet<unknown> = new Set(["SIGKILL", "SIGABRT", "SIGTRAP", "SIGILL"]);

interface Asked {
  readonly child: ChildProcess;
  /** What the process answers, and how it ended. It may answer between two questions: that nobody reads. */
  readonly answers: Queue.Queue<Answer>;
}

const startChild = Effect.gen(function* () {
  const answers = yield* Queue.unbounded<Answer>();
  const cache = getCompileCacheDir();
  const child = fork(fileURLToPath(new URL("./child.ts", import.meta.url)), {
    execArgv: [`--max-old-space-size=${HEAP_MB}`, "--max-semi-space-size=4"],
    env: cache === undefined ? {} : { NODE_COMPILE_CACHE: cache },
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const failed = (reason: "memory" | "sql", detail: string): void => {
    Queue.offerUnsafe(answers, { is: "failed", reason, detail });
  };
  child
    .on("message", (answer: Answer) => Queue.offerUnsafe(answers, answer))
    .on("error", ({ message }) => failed("sql", message))
    .on("exit", (code, signal) =>
      OUT_OF_MEMORY.has(signal)
        ? failed("memory", "")
        : failed("sql", `${child.spawnfile}: ${signal ?? code}`),
    );
  return { child, answers } satisfies Asked;
});

/** Where it cannot be sent any more, the answer says how the process ended. */
const answerOf = ({ child, answers }: Asked, ask: Ask): Effect.Effect<Answer> =>
  Effect.suspend(() => {
    if (child.connected) child.send(ask, () => {});
    return Queue.take(answers);
  });
