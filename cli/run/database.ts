/** The database that commands read: DIR/ventes.db, or the demo's while there is none. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { DatabaseError, Sqlite } from "#shared/database/sqlite.ts";
import { ventesFile, ventesReaderOf } from "#shared/database/ventes-db.ts";
import { say } from "../output/stdout.ts";
import type { Invocation } from "../settings/invocation.ts";

export const demoDirectory = (data: string): string => join(data, "demo");

/** DIR, or DIR/demo while only the demo has a database. */
export const answeringDirectory = (data: string): string =>
  !existsSync(ventesFile(data)) && existsSync(ventesFile(demoDirectory(data))) ? demoDirectory(data) : data;

/** Opens the database read-only; the scope closes it. Notes on stderr when it is the demo's. */
export const openForReading = (run: Invocation): Effect.Effect<Sqlite, DatabaseError, Scope.Scope> =>
  Effect.gen(function* () {
    const dir = answeringDirectory(run.settings.data);
    const db = yield* ventesReaderOf(dir);
    if (dir !== run.settings.data) say(`ventes: ${run.texts.demoDatabase(dir)}`);
    return db;
  });
