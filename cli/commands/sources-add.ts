/** `ventes sources add`: reads a source's header, and registers it; with --dry-run shows how it would be read. */
import { existsSync } from "node:fs";
import * as Effect from "effect/Effect";
import { sentenceOf } from "#shared/contract/sentences.ts";
import { onFile } from "#shared/database/attempt.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { openVentesReader, ventesFile } from "#shared/database/ventes-db.ts";
import type { Language } from "#shared/runtime/settings.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import type { SourceError } from "../../producer/admin/index.ts";
import {
  type Inspection,
  inspectSource,
  leastEvery,
  noteSentence,
  parseReadingFlags,
  registerSource,
} from "../../producer/admin/index.ts";
import { table } from "../output/rows.ts";
import { print, printJson, say } from "../output/stdout.ts";
import { onLog, SHORT_WAIT_MS } from "../run/log.ts";
import { namedApart, parsed } from "../run/register.ts";
import { inScratch } from "../run/scratch.ts";
import { Failed, WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { visible, visibleSource } from "../texts/visible.ts";

interface AddInput {
  readonly what: readonly string[];
  readonly once: boolean;
  readonly name: string | undefined;
  readonly dryRun: boolean;
  readonly preset: string | undefined;
  readonly delimiter: string | undefined;
  readonly encoding: string | undefined;
  readonly quote: string | undefined;
  readonly comment: string | undefined;
  readonly skipLines: string | undefined;
  readonly decimal: string | undefined;
  readonly dateFormat: string | undefined;
  readonly noHeader: boolean;
  readonly columns: string | undefined;
  readonly map: readonly string[];
  readonly set: readonly string[];
  readonly where: readonly string[];
  readonly fillDown: readonly string[];
  readonly key: string | undefined;
  readonly drop: readonly string[];
  readonly only: readonly string[];
  readonly keep: readonly string[];
  readonly prices: boolean | undefined;
  readonly same: readonly string[];
  readonly wholeIds: boolean | undefined;
  readonly idScope: string | undefined;
  readonly rekey: boolean;
  readonly catalogue: boolean;
  readonly duplicates: "keep" | "drop" | undefined;
  readonly vanished: "keep" | "withdraw" | "auto" | undefined;
}

export const addSource = (
  input: AddInput,
  run: Invocation,
): Effect.Effect<void, WrongUsage | Failed | SourceError | DatabaseError | PublishFailure> =>
  Effect.gen(function* () {
    const reading = yield* parsed(input.what.at(-1) ?? "", run, () => parseReadingFlags(input));
    // Options that are not given keep their registered values; an empty name, or `auto`, resets one.
    const given = {
      reading,
      idScope: input.idScope === undefined ? undefined : input.idScope.trim() || null,
      once: input.once || undefined,
      duplicates: input.duplicates,
      vanished: input.vanished === "auto" ? null : input.vanished,
      rekey: input.rekey,
    };
    if (input.catalogue) {
      if (input.rekey) return yield* new WrongUsage({ message: run.texts.rekeyOfOne() });
      if (input.name !== undefined) return yield* new WrongUsage({ message: run.texts.nameOfOne() });
      const { addCatalogue } = yield* Effect.promise(() => import("./sources-add-catalogue.ts"));
      return yield* addCatalogue({ what: input.what, dryRun: input.dryRun, options: given }, run);
    }
    const { entities, source } = yield* namedApart(input.what, run);
    if (run.every !== null && run.every < leastEvery(source))
      return yield* new WrongUsage({ message: run.texts.tooOften("--every 5s") });
    if (input.dryRun && input.rekey) {
      const { showRekey } = yield* Effect.promise(() => import("./rekey-dry-run.ts"));
      if (yield* showRekey(source, { ...given, entities, every: run.every ?? undefined }, run)) return;
    }
    if (input.dryRun) {
      const found = yield* inScratch(
        run,
        inspectSource(source, { entities, reading, idScope: given.idScope }),
      );
      if (run.json) printJson(asJson(found, run.settings.language));
      else print(asText(found, run));
      const [doubt] = found.doubts;
      if (doubt !== undefined) return yield* new Failed({ message: visible(doubt.says) });
      return;
    }
    let sales: readonly string[] = [];
    const registration = yield* onLog(
      run,
      SHORT_WAIT_MS,
    )(
      registerSource(source, {
        ...given,
        name: input.name,
        entities,
        every: run.every ?? undefined,
        onFirstSales: (ids) => {
          sales = ids;
        },
      }),
    );
    yield* warnOfOthersSales(source, sales, run);
    if (run.json) printJson(registration);
    else print(run.texts.sourceAdded(visibleSource(source), registration.entities.join(", ")));
  });

/** Which other source already has most of these sales: files that share sales count them once (rule 5). */
const MOST_SHARED = `
  SELECT source, COUNT(*) AS n FROM ventes
  WHERE id_vente IN (SELECT value FROM json_each(:ids)) AND source <> :source
  GROUP BY source ORDER BY n DESC LIMIT 1`;

const warnOfOthersSales = (
  source: string,
  ids: readonly string[],
  run: Invocation,
): Effect.Effect<void, DatabaseError> => {
  const { data } = run.settings;
  if (ids.length === 0 || !existsSync(ventesFile(data))) return Effect.void;
  return onFile(ventesFile(data), () => {
    const db = openVentesReader(data);
    try {
      const most = db.prepare(MOST_SHARED).get({ ids: JSON.stringify(ids), source }) as
        | { source: string; n: number }
        | undefined;
      if (most === undefined || most.n * 2 <= ids.length) return;
      say(`ventes: ${run.texts.sameSales(most.n, ids.length, visibleSource(most.source))}`, "warning");
    } finally {
      db.close();
    }
  });
};

const asJson = (found: Inspection, language: Language) => ({
  ...found,
  rejects: found.rejects.map(({ first, ...reject }) => ({
    ...reject,
    first: { ...first, sentence: sentenceOf(first.code, first.details, language) },
  })),
});

const DELIMITERS: Readonly<Record<string, string>> = { "\t": "tab" };

function asText(found: Inspection, run: Invocation): string {
  const { texts } = run;
  const wide = found.entities.length > 1;
  const columns = found.mapping.map(({ entity, field, column, name, format }) => [
    ...(wide ? [entity] : []),
    field,
    column ?? `extras: ${name}`,
    format ?? "",
  ]);
  return [
    texts.wouldRead(
      visibleSource(found.source),
      found.entities.join(", "),
      DELIMITERS[found.delimiter] ?? found.delimiter,
      texts.count(found.records),
    ),
    "",
    table([...(wide ? [texts.entity()] : []), texts.column(), texts.readAs(), texts.writtenAs()], columns),
    ...found.entities.map((entity) => {
      const rows = found.rows.filter((row) => row.entity === entity);
      const names = [...new Set(rows.flatMap((row) => Object.keys(row.row)))];
      return table(
        [texts.line(), ...names],
        rows.map((row) => [BigInt(row.line), ...names.map((name) => row.row[name] ?? null)]),
      );
    }),
    ...found.notes.map((note) => visible(noteSentence(note, run.settings.language))),
    ...(found.skipped > 0 ? [texts.skipped(texts.count(found.skipped))] : []),
    ...(found.rounded > 0 ? [texts.rounded(texts.count(found.rounded))] : []),
    ...(found.unwrapped > 0 ? [texts.unwrapped(texts.count(found.unwrapped))] : []),
    ...(found.lookAlikes.count > 0
      ? [
          visible(
            texts.lookAlikes(
              texts.count(found.lookAlikes.count),
              found.lookAlikes.examples.map(([a, b]) => `${codePoints(a)} / ${codePoints(b)}`),
            ),
          ),
        ]
      : []),
    ...found.rejects.map(({ code, count, first }) =>
      visible(
        `${texts.count(count)} ${code}  (${texts.line()} ${first.line}: ${first.raw})  ${sentenceOf(code, first.details, run.settings.language)}`,
      ),
    ),
    texts.nothingWritten(),
  ].join("\n");
}

/** An id with the code points of its characters that are not ASCII: `"А1" (U+0410)`. */
const codePoints = (id: string): string => {
  const others = [...id].filter((c) => !/[\x20-\x7e]/.test(c));
  const codes = others.map((c) => `U+${(c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`);
  return others.length === 0 ? `"${id}"` : `"${id}" (${codes.join(" ")})`;
};
