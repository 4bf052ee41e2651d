/** `ventes sources add`: reads a source's header, and registers it; with --dry-run shows how it would be read. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import type { EntityName } from "#shared/entities/index.ts";
import { masked } from "#shared/masked.ts";
import { Settings } from "#shared/settings.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import type { SourceError } from "../../producer/source-error.ts";
import { leastEvery } from "../../producer/source-ref.ts";
import { type Inspection, inspectSource, registerSource } from "../../producer/sources.ts";
import { WrongUsage } from "../errors.ts";
import type { Invocation } from "../invocation.ts";
import { onLog, SHORT_PATIENCE } from "../log.ts";
import { table } from "../output/rows.ts";
import { print } from "../output/stdout.ts";
import { visible, visibleSource } from "../output/visible.ts";
import { namedApart } from "../register.ts";

interface AddInput {
  readonly what: readonly string[];
  readonly once: boolean;
  readonly dryRun: boolean;
  readonly duplicates: "keep" | "drop" | undefined;
}

export const addSource = (
  input: AddInput,
  run: Invocation,
): Effect.Effect<void, WrongUsage | SourceError | DatabaseError | PublishFailure> =>
  Effect.gen(function* () {
    const { entity, source } = yield* namedApart(input.what, run);
    if (run.every !== null && run.every < leastEvery(source))
      return yield* new WrongUsage({ message: run.texts.tooOften("--every 5s") });
    if (input.dryRun) {
      const found = yield* lookInto(source, entity, run);
      print(run.json ? JSON.stringify({ ...found, source: masked(found.source) }) : shown(found, run));
      return;
    }
    const registration = yield* onLog(
      run,
      SHORT_PATIENCE,
    )(
      registerSource(source, {
        entity,
        every: run.every ?? undefined,
        // What is not given stays as it was registered.
        once: input.once || undefined,
        duplicates: input.duplicates,
      }),
    );
    print(
      run.json
        ? JSON.stringify({ ...registration, source: masked(source) })
        : run.texts.sourceAdded(visibleSource(source), registration.entities.join(", ")),
    );
  });

/** Spooled beside the data directory: a dry run leaves nothing there, and needs no right to write. */
const lookInto = (source: string, entity: EntityName | undefined, run: Invocation) =>
  Effect.acquireUseRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "ventes-dry-run-"))),
    (data) =>
      inspectSource(source, { entity }).pipe(Effect.provideService(Settings, { ...run.settings, data })),
    (data) => Effect.sync(() => rmSync(data, { recursive: true, force: true })),
  );

const DELIMITERS: Readonly<Record<string, string>> = { "\t": "tab" };

function shown(found: Inspection, run: Invocation): string {
  const { texts } = run;
  const columns = found.mapping.map(({ field, column, name }) => [field, column ?? `extras: ${name}`]);
  const names = [...new Set(found.rows.flatMap((row) => Object.keys(row.row)))];
  return [
    texts.wouldRead(
      visibleSource(found.source),
      found.entity,
      DELIMITERS[found.delimiter] ?? found.delimiter,
      texts.count(found.records),
    ),
    "",
    table([texts.column(), texts.readAs()], columns),
    table(
      [texts.line(), ...names],
      found.rows.map((row) => [BigInt(row.line), ...names.map((name) => row.row[name] ?? null)]),
    ),
    ...(found.rounded > 0 ? [texts.rounded(texts.count(found.rounded))] : []),
    ...found.rejects.map(({ code, count, first }) =>
      visible(`${texts.count(count)} ${code}  (${texts.line()} ${first.line}: ${first.raw})`),
    ),
    texts.nothingWritten(),
  ].join("\n");
}
