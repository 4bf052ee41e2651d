/**
 * The demo that `start` is while no source is registered: always embedded, in DIR/demo, on the bundled files served
 * over loopback HTTP. Each demo begins anew; nothing of it ever enters DIR/ventes.db.
 */
import { existsSync, rmSync } from "node:fs";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { onFile } from "#shared/database/attempt.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import type { SettingsShape } from "#shared/runtime/settings.ts";
import { type DemoServer, serveDemo } from "../../demo/server.ts";
import type { Invocation } from "../settings/invocation.ts";
import { demoDirectory } from "./database.ts";

/** How often the demo looks at its files: what it shows is that a change is seen at once. */
const DEMO_EVERY_MS = 1_000;

export const demoSettings = (settings: SettingsShape): SettingsShape => ({
  ...settings,
  data: demoDirectory(settings.data),
  kafka: null,
  namespace: "ventes",
  every: DEMO_EVERY_MS,
  sourcesFile: null,
});

/** A fresh directory and the running server, whose files do not grow yet; it goes with the scope. */
export const openDemo = (run: Invocation): Effect.Effect<DemoServer, DatabaseError, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.andThen(
      forgetLastDemo(demoDirectory(run.settings.data)),
      Effect.promise(() => serveDemo({ growEvery: null })),
    ),
    (demo) => Effect.promise(demo.close),
  );

/** Its server had another port, so its sources were others. */
const forgetLastDemo = (dir: string): Effect.Effect<void, DatabaseError> =>
  onFile(dir, () => {
    if (!existsSync(dir)) return;
    for (const name of ["ventes.db", "events.db", "producer.db"])
      for (const end of ["", "-wal", "-shm"]) rmSync(`${dir}/${name}${end}`, { force: true });
    rmSync(`${dir}/spool`, { recursive: true, force: true });
  });
