/**
 * SQLite that fails: each call of better-sqlite3 in this process is seen before SQLite is asked, and may be answered
 * with an error of a disk, a lock or a damaged file. A call is known by its site: the file of the database and the
 * line of the program that made it.
 */
import { basename, join } from "node:path";
import BetterSqlite3 from "better-sqlite3";
import type { Sqlite, Statement } from "#shared/database/sqlite.ts";

/** Called before each call; `site` answers only until it returns. An error that it returns is thrown in place of the call. */
type OnCall = (site: () => string, file: string) => Error | undefined;

type Method = (this: unknown, ...args: readonly unknown[]) => unknown;

const ROOT = join(import.meta.dirname, "../..");
/** Frames that tell nothing: those of tests, and the helpers that all calls come through. */
const HELPERS = /integration-tests|shared\/database\/attempt|node_modules|node:internal/;

/** An error as SQLite answers with `code`. */
export const sqliteError = (code: string): Error =>
  new BetterSqlite3.SqliteError(`injected ${code.slice("SQLITE_".length).toLowerCase()}`, code);

/** The name of a site by its place in the code that runs: to name one reads source maps, which takes most of a run. */
const named = new Map<string, string>();

/** The frames of the caller without their text. */
function frames(): readonly NodeJS.CallSite[] {
  const { stackTraceLimit, prepareStackTrace } = Error;
  Error.stackTraceLimit = 40;
  Error.prepareStackTrace = (_, sites) => sites;
  const { stack } = new Error("site");
  Error.prepareStackTrace = prepareStackTrace;
  Error.stackTraceLimit = stackTraceLimit;
  return stack as unknown as readonly NodeJS.CallSite[];
}

function siteOf(file: string): string {
  const isOurs = (one: string): boolean => one.includes(ROOT) && !HELPERS.test(one);
  const frame = frames().find((site) => isOurs(site.getFileName() ?? ""));
  const key = `${basename(file)} ${frame?.getFileName()}:${frame?.getLineNumber()}:${frame?.getColumnNumber()}`;
  let name = named.get(key);
  if (name === undefined) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 40;
    const ours = new Error("site").stack?.split("\n").find(isOurs) ?? "";
    Error.stackTraceLimit = stackTraceLimit;
    name = `${basename(file)} ${ours.slice(ours.indexOf(ROOT) + ROOT.length + 1).replace(/:\d+\)?$/, "")}`;
    named.set(key, name);
  }
  return name;
}

/** Watches all calls for the time of `work`. */
export async function withFailingSqlite<A>(onCall: OnCall, work: () => Promise<A>): Promise<A> {
  const probe = new BetterSqlite3(":memory:");
  const statements = Object.getPrototypeOf(probe.prepare("SELECT 1")) as Record<string, Method>;
  const connections = BetterSqlite3.prototype as unknown as Record<string, Method>;
  probe.close();
  const undo: (() => void)[] = [];
  const before = (file: string): void => {
    const error = onCall(() => siteOf(file), file);
    if (error !== undefined) throw error;
  };
  const watch = (
    methods: Record<string, Method>,
    names: readonly string[],
    fileOf: (it: never) => string,
  ) => {
    for (const name of names) {
      const real = methods[name] as Method;
      methods[name] = function (this: unknown, ...args) {
        before(fileOf(this as never));
        return Reflect.apply(real, this, args);
      };
      undo.push(() => {
        methods[name] = real;
      });
    }
  };
  watch(statements, ["run", "get", "all", "iterate"], (statement: Statement) => statement.database.name);
  watch(connections, ["exec", "pragma", "prepare"], (db: Sqlite) => db.name);
  try {
    return await work();
  } finally {
    for (const one of undo) one();
  }
}
