/** A temporary data directory for one command that must not write to the real one. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import { Settings } from "#shared/runtime/settings.ts";
import type { Invocation } from "../settings/invocation.ts";

/** Runs `inspect` with a temporary data directory, and removes it. So a dry run needs no right to write. */
export const inScratch = <A, E, R>(
  run: Invocation,
  inspect: Effect.Effect<A, E, R>,
): Effect.Effect<A, E, Exclude<R, Settings>> =>
  Effect.acquireUseRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "ventes-dry-run-"))),
    (data) => Effect.provideService(inspect, Settings, { ...run.settings, data }),
    (data) => Effect.sync(() => rmSync(data, { recursive: true, force: true })),
  );
