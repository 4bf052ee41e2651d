/**
 * The demo that `start` runs while no source is registered: always embedded, in DIR/demo, on the bundled files, which
 * it serves over loopback HTTP. Each demo starts with empty databases; nothing of it enters DIR/ventes.db.
 */
import { existsSync, rmSync } from "node:fs";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { onFile } from "#shared/database/attempt.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import type { SettingsShape } from "#shared/runtime/settings.ts";
import type { DemoServer } from "../../demo/server.ts";
import type { Invocation } from "../settings/invocation.ts";
import { demoDirectory } from "./database.ts";

/** How often the demo polls its files: often enough that each new sale shows at once. */
const DEMO_EVERY_MS = 1_000;

export const demoSettings = (settings: SettingsShape): SettingsShape => ({
  ...settings,
  data: demoDirectory(settings.data),
  kafka: null,
  namespace: "ventes",
  every: DEMO_EVERY_MS,
  sourcesFile: null,
});

/** Removes the databases of the last demo and starts the server, whose files do not grow yet. The scope stops it. */
export const openDemo = (run: Invocation): Effect.Effect<DemoServer, DatabaseError, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.andThen(
      forgetLastDemo(demoDirectory(run.settings.data)),
      // Loaded only here: with it, Node loads all of its HTTP.
      Effect.promise(async () => (await import("../../demo/server.ts")).serveDemo({ growEvery: null })),
    ),
    (demo) => Effect.promise(demo.close),
  );

/** The server of the last demo had another port, so its sources had other URLs. */
const forgetLastDemo = (dir: string): Effect.Effect<void, DatabaseError> =>
  onFile(dir, () => {
    if (!existsSync(dir)) return;
    for (const name of ["ventes.db", "events.db", "producer.db"])
      for (const end of ["", "-wal", "-shm"]) rmSync(`${dir}/${name}${end}`, { force: true });
    rmSync(`${dir}/spool`, { recursive: true, force: true });
  });
