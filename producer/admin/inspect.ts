/** `ventes sources add --dry-run`: shows how a source would be read. Writes nothing. */
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { DoubtReport } from "#shared/contract/doubt.ts";
import type { EntityName } from "#shared/contract/entities/index.ts";
import type { RejectCode } from "#shared/contract/sentences.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { Settings } from "#shared/runtime/settings.ts";
import { inSlices } from "#shared/runtime/slices.ts";
import { type Delimiter, READING_NOTES, type ReadingNote } from "../csv/index.ts";
import { type ColumnFormats, flagList, type ReadField, type ReadingChange } from "../rows/index.ts";
import type { Given, SourceError } from "../source/index.ts";
import { asFailure, type Doubt, reportOf, scopeNamed, sourceError, trustOf } from "../source/index.ts";
import {
  changedReading,
  type InspectedReject,
  type InspectedRow,
  inspectVersion,
  readingDoubts,
  readOf,
  type Version,
} from "../version/index.ts";
import { isShownForm } from "./list.ts";
import { BY_HAND, idOf, opened, resolved } from "./open.ts";

/** Notes that an inspection tells apart, in more detail. */
const TOLD: ReadonlySet<string> = new Set(["values.unwrapped", "ids.look_alike"]);

/** How many rows an inspection shows. */
const SHOWN_ROWS = 5;

export interface InspectOptions {
  /** The entities that the operator named: one, or several of a wide file. */
  readonly entity?: EntityName | undefined;
  readonly entities?: readonly EntityName[] | undefined;
  /** Changes to how the source is read. */
  readonly reading?: ReadingChange | undefined;
  /** null removes it. */
  readonly idScope?: string | null | undefined;
  /** Whether somebody named the source who is not trusted as an operator: an HTTP request. */
  readonly discovered?: boolean | undefined;
}

export const entitiesNamed = ({ entity, entities }: InspectOptions): readonly EntityName[] | undefined =>
  entities ?? (entity === undefined ? undefined : [entity]);

/** What the operator gave with the source, for commands that say it again. */
export const givenIn = (options: InspectOptions, more: readonly string[] = []): Given => ({
  entities: entitiesNamed(options),
  flags: [...flagList(options.reading ?? {}, options.idScope), ...more],
});

export interface Inspection {
  /** The source's id. */
  readonly source: string;
  /** The entities that it publishes; `entity` is the last of them. */
  readonly entity: EntityName;
  readonly entities: readonly EntityName[];
  readonly delimiter: Delimiter;
  /** Each field of the header and its column; `column` null: the field is an extra, under `name`. */
  readonly mapping: readonly (ReadField & { readonly entity: EntityName })[];
  /** The format of numbers and dates, for the columns (published names) where there was a choice. */
  readonly formats: ColumnFormats;
  readonly records: number;
  /** How many records --where leaves out; `records` does not count them. */
  readonly skipped: number;
  readonly rounded: number;
  /** How many values were written as `="007"`. */
  readonly unwrapped: number;
  /** Different ids that look the same. */
  readonly lookAlikes: { readonly count: number; readonly examples: readonly (readonly [string, string])[] };
  /** What a person should know of how the file is written; values and ids are told above. */
  readonly notes: readonly ReadingNote[];
  /** The first rows. */
  readonly rows: readonly InspectedRow[];
  /** How many records each code rejects, with the first of them. */
  readonly rejects: readonly {
    readonly code: RejectCode;
    readonly count: number;
    readonly first: InspectedReject;
  }[];
  /** What a person must know before he registers it. */
  readonly doubts: readonly DoubtReport[];
}

/** Reads the whole source and returns how it would be read. Fails with SourceError when it cannot be read. */
export const inspectSource = (
  reference: string,
  options: InspectOptions = {},
): Effect.Effect<Inspection, SourceError | DatabaseError, Settings> =>
  Effect.scoped(inspect(reference, options));
const inspect = Effect.fnUntraced(function* (
  reference: string,
  options: InspectOptions,
): Effect.fn.Return<Inspection, SourceError | DatabaseError, Settings | Scope.Scope> {
  const settings = yield* Settings;
  const { language } = settings;
  const source = yield* idOf(reference);
  if (isShownForm(source)) return yield* sourceError("source.masked", { source }, language);
  const own = changedReading(undefined, options.reading ?? {}) ?? {};
  const { reading, preset } = yield* resolved(source, own);
  const version = yield* opened(
    source,
    {
      entities: entitiesNamed(options) ?? preset?.entities,
      reading,
      idScope: options.idScope == null ? undefined : scopeNamed(options.idScope, source),
      before: undefined,
      given: givenIn(options),
    },
    options.discovered === true ? trustOf(settings, { source, discovered: true }) : BY_HAND,
  );
  const rows: InspectedRow[] = [];
  const rejects = new Map<RejectCode, { code: RejectCode; count: number; first: InspectedReject }>();
  const sink = {
    rows: SHOWN_ROWS,
    row: (row: InspectedRow) => rows.push(row),
    reject: (first: InspectedReject) => {
      const found = rejects.get(first.code);
      if (found === undefined) rejects.set(first.code, { code: first.code, count: 1, first });
      else found.count++;
    },
  };
  yield* inSlices(() => inspectVersion(version, sink), asFailure(source, settings));
  return {
    source,
    entity: version.dialect.entities.at(-1) as EntityName,
    entities: version.dialect.entities,
    delimiter: version.dialect.delimiter,
    mapping: version.decoders.flatMap(({ entity, mapping }) =>
      mapping.map((field) => ({ ...field, entity: entity.name })),
    ),
    formats: version.formats,
    records: version.records,
    skipped: version.filtered,
    rounded: version.rounded,
    // One value may be read for several entities.
    unwrapped: Math.max(...version.decoders.map((decoder) => decoder.unwrapped)),
    lookAlikes: {
      count: version.decoders.reduce((sum, { lookAlikes }) => sum + (lookAlikes?.count ?? 0), 0),
      examples: version.decoders.flatMap(({ lookAlikes }) => lookAlikes?.examples ?? []),
    },
    notes: (version.reading.notes ?? []).flatMap(({ code, ...more }) =>
      code in READING_NOTES && !TOLD.has(code) ? [{ ...more, code: code as ReadingNote["code"] }] : [],
    ),
    rows,
    rejects: [...rejects.values()].sort((a, b) => b.count - a.count),
    doubts: doubtsOf(version, [...rejects.values()]).map((doubt) => reportOf(doubt, source, language)),
  };
});

const doubtsOf = (version: Version, rejects: readonly { readonly count: number }[]): readonly Doubt[] =>
  readingDoubts(
    null,
    readOf(version, {
      records: version.records,
      rejected: rejects.reduce((sum, { count }) => sum + count, 0),
      filtered: version.filtered,
    }),
  );
