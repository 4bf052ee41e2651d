/** A directory for the time of one command, for spool files that must not touch the data directory. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import { Settings } from "#shared/runtime/settings.ts";
import type { Invocation } from "../settings/invocation.ts";

/** Runs `inspect` with its spool outside the data directory: a dry run leaves nothing there, and needs no right to write. */
export const inScratch = <A, E>(
  run: Invocation,
  inspect: Effect.Effect<A, E, Settings>,
): Effect.Effect<A, E> =>
  Effect.acquireUseRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "ventes-dry-run-"))),
    (data) => Effect.provideService(inspect, Settings, { ...run.settings, data }),
    (data) => Effect.sync(() => rmSync(data, { recursive: true, force: true })),
  );
