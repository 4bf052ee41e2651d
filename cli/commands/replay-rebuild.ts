/** `ventes replay --rebuild`: a new database from the first event, compared with the running one, which is made equal. */
import { existsSync } from "node:fs";
import * as Effect from "effect/Effect";
import { onFile } from "#shared/database/attempt.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { openVentesReader, ventesFile } from "#shared/database/ventes-db.ts";
import { maskedIn } from "#shared/runtime/masked.ts";
import { Settings } from "#shared/runtime/settings.ts";
import { elapsedMs } from "#shared/runtime/time.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import { type Mended, wrongAnalyses } from "../../analyzer/run.ts";
import {
  lossOf,
  type RebuildPhase,
  type RebuildReport,
  rebuild as rebuildDatabase,
} from "../../consumer/rebuild.ts";
import { type Progress, withProgress } from "../output/progress.ts";
import { print, say } from "../output/stdout.ts";
import { auditAnalyses, auditResults } from "../run/audit.ts";
import { onLog, SHORT_WAIT_MS } from "../run/log.ts";
import { rebuildFolder } from "../run/rebuild.ts";
import { Failed } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import type { Texts } from "../texts/texts.ts";
import { jsonVisible, visibleSource } from "../texts/visible.ts";

interface RebuildInput {
  readonly dryRun: boolean;
  readonly acceptLoss: boolean;
}

type Corrected = readonly Mended[];

/** Fails with Failed when a dry run finds differences, and when the topics have lost events and --accept-loss is not given. */
export const rebuild = (
  { dryRun, acceptLoss }: RebuildInput,
  run: Invocation,
): Effect.Effect<void, DatabaseError | LogFailure | Failed> =>
  Effect.gen(function* () {
    const { settings, texts } = run;
    const file = ventesFile(settings.data);
    // Opening the missing file fails, with a message that says so.
    if (!existsSync(file)) yield* onFile(file, () => openVentesReader(settings.data).close());
    const from = yield* elapsedMs;
    const { loss, report } = yield* withProgress(texts, (progress) =>
      Effect.gen(function* () {
        const loss = yield* lossOf;
        const lost = loss.events === 0 ? null : texts.rebuildLoses(loss.events, shownRows(loss.rows, texts));
        if (lost !== null && !dryRun && !acceptLoss)
          return yield* new Failed({ message: `${lost}. ${texts.acceptLoss()}` });
        if (lost !== null) progress.note(`ventes: ${lost}`);
        const into = yield* rebuildFolder(settings.data, texts);
        const beforeWrite = Effect.asVoid(auditAnalyses(texts, progress.note));
        const options = { into, dryRun, beforeWrite, ...listeners(progress, texts) };
        return { loss, report: yield* rebuildDatabase(options) };
      }).pipe(Effect.scoped, onLog(run, SHORT_WAIT_MS)),
    );
    const corrected = yield* Effect.provideService(auditAfter(report, dryRun, texts), Settings, settings);
    const seconds = ((yield* elapsedMs) - from) / 1_000;
    if (run.json)
      print(
        asJson({
          ...report,
          seconds: Number(seconds.toFixed(3)),
          loss,
          analyses: corrected,
        }),
      );
    else for (const line of told(report, corrected, dryRun, texts)) print(line);
    const differing = sumOf(report.counts) + (corrected?.length ?? 0);
    if (dryRun && differing > 0) yield* new Failed({ message: texts.rebuildWouldWrite(differing) });
  });

/** Null: the results were not compared, because the rows still differ from the topics. */
const auditAfter = (
  { counts }: RebuildReport,
  dryRun: boolean,
  texts: Texts,
): Effect.Effect<Corrected | null, DatabaseError, Settings> => {
  if (!dryRun) return auditResults(texts, say);
  return sumOf(counts) > 0 ? Effect.succeed(null) : wrongAnalyses;
};

const listeners = (progress: Progress, texts: Texts) => ({
  onPhase: (phase: RebuildPhase) => progress.note(`ventes: ${texts.rebuildPhase(phase)}`),
  onProgress: (events: number) => progress.update({ events }),
});

const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, n) => sum + n, 0);

const shownRows = (rows: Readonly<Record<string, number>>, texts: Texts): string =>
  Object.entries(rows)
    .filter(([, n]) => n > 0)
    .map(([table, n]) => `${table} ${texts.count(n)}`)
    .join(", ");

/** Integers beyond 2^53 are strings of digits. Secrets of sources are masked. */
const asJson = (value: unknown): string =>
  jsonVisible(
    JSON.stringify(maskedIn(value), (_, v: unknown) =>
      typeof v === "bigint" ? (Number.isSafeInteger(Number(v)) ? Number(v) : v.toString()) : v,
    ),
  );

/** A value of a column, shortened: the text of a rejected line may have 10,000 characters. */
const LONGEST_VALUE = 80;

function shown(value: unknown): string {
  const text =
    typeof value === "string" ? `'${visibleSource(value)}'` : value === null ? "NULL" : String(value);
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}…`;
}

function told(
  { told: differences, counts, rows, events, readMs, commit, lockedMs }: RebuildReport,
  corrected: Corrected | null,
  dryRun: boolean,
  texts: Texts,
): readonly string[] {
  const lines = differences.map(({ table, key, kind, columns }) =>
    texts.difference(
      `${table} ${shown(key)}`,
      kind,
      columns.map(({ name, is, should }) => ({ name, is: shown(is), should: shown(should) })),
    ),
  );
  const listed = (table: string) => differences.filter((one) => one.table === table).length;
  const more = Object.entries(counts)
    .map(([table, n]) => [table, n - listed(table)] as const)
    .filter(([, n]) => n > 0)
    .map(([table, n]) => texts.moreDifferences(table, n));
  const analyses = (corrected ?? []).map(({ nom, cle, before, after }) =>
    texts.difference(`${nom} ${shown(cle)}`, "changed", [
      { name: "millioniemes", is: shown(before ?? null), should: shown(after ?? null) },
    ]),
  );
  return [
    ...lines,
    ...more,
    ...analyses,
    texts.rebuilt({ events, seconds: readMs / 1_000, rows: shownRows(rows, texts) }),
    sumOf(counts) === 0
      ? texts.rebuildEqual()
      : texts.rebuildDiffered(shownRows(counts, texts), dryRun ? null : { commit, lockedMs }),
    corrected === null ? texts.analysesUnchecked() : texts.analysesChecked(corrected.length, dryRun),
  ];
}
