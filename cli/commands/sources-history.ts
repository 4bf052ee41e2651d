/** `ventes sources history URL`: what became of the versions of a source, and what they did to the sales. */
import * as Effect from "effect/Effect";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { masked } from "#shared/runtime/masked.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import type { ChangesAnswer } from "../../analyzer/api/figures.ts";
import type { HistoryEntry } from "../../analyzer/api/history.ts";
import { makeReading } from "../../analyzer/reading/sqlite.ts";
import type { SourceError } from "../../producer/admin/index.ts";
import { table } from "../output/rows.ts";
import { isTerminal, print, printJson, printPiece } from "../output/stdout.ts";
import { findRegistered } from "../run/held.ts";
import { onLog, SHORT_WAIT_MS } from "../run/log.ts";
import { readHistory } from "../run/source-history.ts";
import type { WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { visibleSource } from "../texts/visible.ts";

/** How many changes of the sales are shown: the newest ones. */
const MOST_CHANGES = 200;

type Change = ChangesAnswer["rows"][number];

export const sourceHistory = (
  input: { readonly url: string },
  run: Invocation,
): Effect.Effect<void, WrongUsage | SourceError | DatabaseError | LogFailure> =>
  Effect.gen(function* () {
    const { id } = yield* onLog(run, SHORT_WAIT_MS)(findRegistered(input.url, run));
    const { data } = run.settings;
    const versions = yield* readHistory(data, id);
    const changes = yield* changesOf(data, id);
    if (run.json) {
      printJson({
        source: masked(id),
        versions,
        changes: changes.map(({ source: _, id: __, ...change }) => change),
      });
      return;
    }
    const rows = [...versions.map((one) => versionRow(one, run)), ...changes.map(changeRow)].sort((a, b) =>
      a[0] < b[0] ? 1 : a[0] > b[0] ? -1 : 0,
    );
    if (rows.length === 0) return print(visibleSource(run.texts.noHistoryYet(masked(id))));
    const wide = isTerminal() ? process.stdout.columns || undefined : undefined;
    printPiece(table(COLUMNS, rows, wide));
  }).pipe(Effect.scoped);

/** The changes of its sales; none for a file of products or shops, and before the first start that serves the page. */
const changesOf = (data: string, source: string) =>
  Effect.flatMap(
    makeReading(() => data),
    (reading) => reading.changes({ source, limit: MOST_CHANGES }),
  ).pipe(
    Effect.map(({ rows }): readonly Change[] => rows),
    Effect.catchTag(["BadFilter", "NotReadable"], () => Effect.succeed([])),
  );

const COLUMNS = ["at", "what", "records", "added", "changed", "removed", "rejected", "revenue", "says"];

type Row = readonly [string, ...(string | bigint | number | null)[]];

const withoutMilliseconds = (at: string): string => at.replace(/\.\d+Z$/, "Z");

const versionRow = ({ at, kind, says, counts }: HistoryEntry, { texts }: Invocation): Row => [
  withoutMilliseconds(at),
  texts.historyKind(kind),
  counts === null ? null : BigInt(counts.records),
  null,
  null,
  counts === null ? null : BigInt(counts.withdrawn),
  counts === null ? null : BigInt(counts.rejected),
  null,
  visibleSource(says.replaceAll("\n", "; ")),
];

const changeRow = ({ to, added, changed, removed, revenue }: Change): Row => [
  withoutMilliseconds(to),
  "",
  null,
  BigInt(added),
  BigInt(changed),
  BigInt(removed),
  null,
  revenue,
  "",
];
