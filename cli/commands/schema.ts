/** `ventes schema`: the SQL of the database, as its migrations write it. */
import * as Effect from "effect/Effect";
import { ventesMigrations } from "#shared/database/ventes-db.ts";
import { print } from "../output/stdout.ts";
import type { Invocation } from "../settings/invocation.ts";

export const schema = (_input: object, run: Invocation): Effect.Effect<void> =>
  Effect.sync(() => {
    const sql = ventesMigrations.join("\n");
    print(run.json ? JSON.stringify({ version: ventesMigrations.length, sql }) : sql);
  });
