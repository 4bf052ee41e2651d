/** Downloads and opens the present version of a source, to register or inspect it. */
import { rmSync } from "node:fs";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { EntityName } from "#shared/contract/entities/index.ts";
import type { Announcement, ReadingOptions } from "#shared/contract/source-records.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import type { SettingsShape } from "#shared/runtime/settings.ts";
import { inSlices } from "#shared/runtime/slices.ts";
import type { HttpClient, Validators } from "../download/index.ts";
import { fetchSource } from "../download/index.ts";
import type { SourceError, Trust } from "../source/index.ts";
import { asFailure, type Given } from "../source/index.ts";
import { openFile } from "./open-file.ts";
import type { Version } from "./version.ts";

export interface OpenOptions {
  readonly client: HttpClient;
  readonly settings: SettingsShape;
  readonly source: string;
  readonly trust: Trust;
  /** The entities that were named for it; undefined: its header decides. */
  readonly entities: readonly EntityName[] | undefined;
  /** The reading options, with those of the preset. */
  readonly reading: ReadingOptions;
  readonly idScope?: string | undefined;
  /** Its last announcement. */
  readonly before: Announcement | undefined;
  /** The reading options are those of a catalogue: each applies to the files that it fits. */
  readonly shared?: boolean;
  readonly known?: Validators | null;
  /** What the operator gave with the source: the commands of a refusal repeat it. */
  readonly given?: Given | undefined;
  /** Called with the validators of the content, even if the content cannot be read. */
  readonly onFetched?: (validators: Validators) => void;
}

/** The version closes with the scope. undefined: the source still has the content that `known` describes. */
export const fetchVersion = Effect.fnUntraced(function* (
  options: OpenOptions,
): Effect.fn.Return<Version | undefined, SourceError | DatabaseError, Scope.Scope> {
  const {
    client,
    settings,
    source,
    trust,
    entities,
    reading,
    idScope,
    before,
    known = null,
    onFetched,
  } = options;
  const fetched = yield* fetchSource({ client, settings, source, known, resumeFrom: null, ...trust });
  onFetched?.(fetched.validators);
  if (fetched.kind === "unchanged") return undefined;
  yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(fetched.file, { force: true })));
  return yield* Effect.acquireRelease(
    inSlices(
      () =>
        openFile({
          file: fetched.file,
          entities,
          reading,
          shared: options.shared === true,
          idScope,
          charset: fetched.validators.charset ?? null,
          source,
          settings,
          before,
          complete: true,
          tail: null,
        }),
      asFailure(source, settings, options.given),
    ),
    (version) => Effect.sync(() => version?.close()),
  );
});
