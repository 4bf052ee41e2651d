/**
 * Sees every SQL statement of a simulated process before SQLite does. A fuse that burns down kills the process there:
 * what it had written of its transaction is then as lost as at a kill -9. Code that runs on after its process' death
 * (catch blocks, finalizers) reaches no file any more. (better-sqlite3 has no such hook: the prototypes of its
 * statements and connections are wrapped while a simulation runs.)
 */
import BetterSqlite3 from "better-sqlite3";
import type { Sqlite, Statement } from "#shared/database/sqlite.ts";
import { Crash, type Kernel, type Process } from "./kernel.ts";

export interface Observer {
  /** A connection of a process, at its first statement. */
  readonly opened: (process: Process, db: Sqlite) => void;
  /** After a statement that ended a transaction of this connection. */
  readonly committed: (db: Sqlite) => void;
  /** Called at random moments between two statements of a process. */
  readonly between: (process: Process) => void;
  readonly counted: (what: "busy" | "rolled back") => void;
}

type Method = (this: Statement, ...args: unknown[]) => unknown;
const METHODS = ["run", "get", "all", "iterate"] as const;

class Busy extends Error {
  readonly code = "SQLITE_BUSY";
}

/** Wraps the prototypes for the time of `work`. */
export function withSqliteHooks<A>(kernel: Kernel, observer: Observer, work: () => A): A {
  const probe = new BetterSqlite3(":memory:");
  const statements = Object.getPrototypeOf(probe.prepare("SELECT 1")) as Record<string, Method>;
  const connections = BetterSqlite3.prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
  probe.close();
  const real = { exec: connections.exec, pragma: connections.pragma } as {
    exec: (sql: string) => unknown;
    pragma: (sql: string, options?: unknown) => unknown;
  };
  const realMethods = METHODS.map((name) => [name, statements[name] as Method] as const);
  let inside = false;

  /** Before a statement: may throw Crash, or SQLITE_BUSY. */
  function before(db: Sqlite, sql: string): void {
    const process = kernel.current;
    if (process === undefined || inside) return;
    if (!process.alive) {
      // What it opened after its death is closed with the rest.
      process.connections.add(db);
      throw new Crash(process.name);
    }
    if (!process.connections.has(db)) {
      process.connections.add(db);
      quietly(() => observer.opened(process, db));
    }
    if (process.busy > 0 && sql === "BEGIN IMMEDIATE") {
      process.busy--;
      observer.counted("busy");
      throw new Busy("database is locked");
    }
    if (sql === "ROLLBACK") observer.counted("rolled back");
    burn(process, "statement");
    if (sql === "COMMIT") burn(process, "before commit");
    quietly(() => observer.between(process));
  }

  function after(db: Sqlite, sql: string): void {
    const process = kernel.current;
    if (process === undefined || inside || !process.alive) return;
    if (sql === "COMMIT") burn(process, "in commit");
    if (sql === "COMMIT" || !db.inTransaction) quietly(() => observer.committed(db));
    if (sql === "COMMIT") burn(process, "after commit");
  }

  function burn(process: Process, at: string): void {
    const { fuse } = process;
    if (fuse === undefined || fuse.at !== at || fuse.left-- > 0) return;
    process.fuse = undefined;
    process.kill();
    quietly(fuse.strike);
    throw new Crash(process.name);
  }

  /** Statements of the simulation itself belong to no process. */
  function quietly(work: () => void): void {
    inside = true;
    try {
      work();
    } finally {
      inside = false;
    }
  }

  for (const [name, method] of realMethods)
    statements[name] = function (this: Statement, ...args: unknown[]) {
      before(this.database, this.source);
      const result = method.apply(this, args);
      if (!this.reader) after(this.database, this.source);
      return result;
    };
  connections.exec = function (this: Sqlite, ...args: unknown[]) {
    before(this, String(args[0]));
    const result = real.exec.call(this, String(args[0]));
    after(this, String(args[0]));
    return result;
  };
  try {
    return work();
  } finally {
    for (const [name, method] of realMethods) statements[name] = method;
    connections.exec = real.exec as (...args: unknown[]) => unknown;
  }
}
