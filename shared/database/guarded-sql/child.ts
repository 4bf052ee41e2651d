/**
 * The process that answers the SQL of others. better-sqlite3 has no authorizer, no interrupt and no progress handler, so
 * a query can only be ended from outside, by ending its process. This one opens the file read-only, takes each statement
 * that reads, and answers one batch of rows for each request. It imports little, because each query starts it.
 */
import { Worker } from "node:worker_threads";
import BetterSqlite3 from "better-sqlite3";
import { applyingIn } from "../applying.ts";
import { nearestName } from "./nearest-name.ts";
import type { Answer, Ask, Job, SqlValue } from "./protocol.ts";

/** Rows and bytes of a batch: about what a pipe holds. */
const BATCH_ROWS = 1_000;
const BATCH_BYTES = 64 * 1024;

/**
 * A query blocks this thread, and the SQLite of better-sqlite3 does not count its memory. Another thread ends the process
 * when it takes more memory than the job may, or when the asker is gone.
 */
const WATCH = `
  const { workerData: { parent, most } } = require("node:worker_threads");
  setInterval(() => {
    if (process.ppid !== parent || process.memoryUsage.rss() > most) process.kill(process.pid, "SIGKILL");
  }, 20);`;

/** How often a query of tables that are between two states looks for the state after. */
const LOOK_MS = 20;

/** Tables that an unfinished event changes (the table unfinished). Results like `ventes_par_region` stand as before. */
const CHANGING = /\b(?:ventes|orphelins|produits|magasins|prix|claims)\b/i;

class RowTooLarge extends Error {}
/** `cause`: the name that was meant, or undefined. */
class SqlMistake extends Error {}

const sizeOf = (row: readonly SqlValue[]): number =>
  row.reduce<number>(
    (sum, value) => sum + (typeof value === "string" || Buffer.isBuffer(value) ? value.length : 8),
    0,
  );

function* answers({ file, statements, rowBytes, waitMs }: Job): Generator<Answer> {
  const db = new BetterSqlite3(file, { readonly: true, timeout: 5_000 });
  try {
    db.pragma("query_only = ON");
    // A sort that does not fit into memory would write files of any size.
    db.pragma("temp_store = MEMORY");
    const left = begin(db, statements, waitMs);
    if (left !== undefined) {
      yield { is: "failed", reason: "unfinished", detail: left };
      return;
    }
    for (const sql of statements) {
      const statement = prepared(db, sql);
      if (!statement.readonly) {
        yield { is: "failed", reason: "writes", detail: sql.trim().slice(0, 40) };
        return;
      }
      if (!statement.reader) continue;
      yield { is: "columns", names: statement.columns().map(({ name }) => name) };
      let rows: SqlValue[][] = [];
      let bytes = 0;
      for (const row of statement.raw().safeIntegers().iterate() as IterableIterator<SqlValue[]>) {
        const size = sizeOf(row);
        if (size > rowBytes) throw new RowTooLarge(String(size));
        rows.push(row);
        bytes += size;
        if (rows.length < BATCH_ROWS && bytes < BATCH_BYTES) continue;
        yield { is: "rows", rows };
        rows = [];
        bytes = 0;
      }
      if (rows.length > 0) yield { is: "rows", rows };
      yield { is: "end" };
    }
    yield { is: "done" };
  } finally {
    db.close();
  }
}

/** As `nearestName`; undefined also when the schema cannot be read, because the caller reports the mistake without it. */
function near(db: BetterSqlite3.Database, sql: string, message: string): string | undefined {
  try {
    return nearestName(db, sql, message);
  } catch {
    return undefined;
  }
}

/** Throws SqlMistake where the query has a name that does not exist. */
function prepared(db: BetterSqlite3.Database, sql: string): BetterSqlite3.Statement {
  try {
    return db.prepare(sql);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new SqlMistake(message, { cause: near(db, sql, message) });
  }
}

/**
 * Begins the transaction in which all statements see the same commit. Waits while an event is half applied to tables
 * that they name; returns how far it is when that takes too long.
 */
function begin(
  db: BetterSqlite3.Database,
  statements: readonly string[],
  waitMs: number,
): string | undefined {
  const until = performance.now() + waitMs;
  for (;;) {
    db.exec("BEGIN");
    const left = statements.some((sql) => CHANGING.test(sql)) ? unfinished(db) : undefined;
    if (left === undefined || performance.now() > until) return left;
    db.exec("ROLLBACK");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_MS);
  }
}

function unfinished(db: BetterSqlite3.Database): string | undefined {
  const left = applyingIn(db);
  return left === null ? undefined : `${left.id}, ${left.done}/${left.total}`;
}

function failure(error: unknown): Answer {
  const detail = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const reason =
    error instanceof RowTooLarge ? "rowSize" : code.startsWith("SQLITE_NOMEM") ? "memory" : "sql";
  const near = error instanceof SqlMistake && typeof error.cause === "string" ? { near: error.cause } : {};
  return { is: "failed", reason, detail, ...near };
}

const send = (answer: Answer): void => {
  process.send?.(answer, undefined, undefined, (error) => {
    if (error !== null) process.exit(1);
  });
};

/** Answers the messages of the asker, in turn. */
function serve(): void {
  let work: Generator<Answer> | undefined;
  let stallMs = 0;
  let stall: NodeJS.Timeout | undefined;

  const next = (): Answer => {
    try {
      const step = work?.next();
      return step === undefined || step.done === true ? { is: "done" } : step.value;
    } catch (error) {
      return failure(error);
    }
  };
  /** Ends the read transaction: it would keep SQLite from using the WAL again. */
  const onStall = (): void => {
    work?.return(undefined);
    send({ is: "failed", reason: "stalled", detail: String(stallMs) });
  };
  process.on("message", (ask: Ask) => {
    clearTimeout(stall);
    if (ask !== "more") {
      const { job } = ask;
      work = answers(job);
      stallMs = job.stallMs;
      const most = process.memoryUsage.rss() + job.memoryBytes;
      new Worker(WATCH, { eval: true, workerData: { parent: process.ppid, most } }).unref();
    }
    send(next());
    stall = setTimeout(onStall, stallMs);
  });
  process.on("disconnect", () => process.exit(0));
}

serve();
