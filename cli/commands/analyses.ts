/** `ventes analyses`: the list of the analyses, or the result of one. */
import * as Effect from "effect/Effect";
import { onFile } from "#shared/database/attempt.ts";
import type { DatabaseError, Sqlite } from "#shared/database/sqlite.ts";
import { ventesOf } from "#shared/database/ventes-db.ts";
import { command } from "#shared/runtime/command.ts";
import { Settings } from "#shared/runtime/settings.ts";
import { runIfStale } from "../../analyzer/plain/plain.ts";
import { type ListedAnalysis, problemOf } from "../../analyzer/reading/results.ts";
import { refreshAll } from "../../analyzer/run.ts";
import { type Cell, csvLine, JsonText, jsonObject, listLine, table } from "../output/rows.ts";
import { bold, isTerminal, print, printPiece, say } from "../output/stdout.ts";
import { answeringDirectory, openForReading } from "../run/database.ts";
import { Failed } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { visible } from "../texts/visible.ts";

interface Listed extends ListedAnalysis {
  readonly lignes: number;
}

export const analyses = (
  input: { readonly name: string | undefined; readonly csv: boolean },
  run: Invocation,
): Effect.Effect<void, Failed | DatabaseError> =>
  Effect.scoped(
    Effect.gen(function* () {
      // Says first, in our words, that the file is missing, of another program or newer.
      const db = yield* openForReading(run);
      yield* bringUpToDate(run, input.name).pipe(Effect.ignore);
      const list = yield* onFile(db.name, () => readList(db));
      if (input.name === undefined) return showList(list, run);
      const one = list.find(({ nom }) => nom === input.name);
      if (one === undefined) return yield* new Failed({ message: run.texts.noAnalysis(input.name) });
      if (one.colonnes === "[]")
        return yield* new Failed({ message: problemOf(one, run.settings.language) ?? "" });
      const names = JSON.parse(one.colonnes) as readonly string[];
      const rows = yield* onFile(
        db.name,
        () => db.prepare(`SELECT * FROM "${one.nom}"`).safeIntegers().raw().all() as Cell[][],
      );
      showResult(one, { names, rows }, input.csv, run);
    }),
  );

/**
 * Takes the files as they are and runs the analysis if it must: no other process may be doing that. A database that
 * cannot be written shows what it has.
 */
const bringUpToDate = (run: Invocation, name: string | undefined) =>
  Effect.scoped(
    Effect.gen(function* () {
      const data = answeringDirectory(run.settings.data);
      yield* Effect.provideService(refreshAll, Settings, { ...run.settings, data });
      if (name !== undefined) yield* Effect.andThen(ventesOf(data), (db) => runIfStale(db, name));
    }),
  );

const readList = (db: Sqlite): readonly Listed[] =>
  db.transaction(() => {
    const listed = db.prepare("SELECT * FROM analyses_liste ORDER BY livree, nom").all() as Listed[];
    const reached = db.prepare("SELECT progressed_at FROM progress").pluck().get() as string;
    return listed.map((one) =>
      one.genre === "plain"
        ? { ...one, lignes: one.lignes ?? 0 }
        : {
            ...one,
            date_analyse: reached,
            lignes: db.prepare(`SELECT COUNT(*) FROM "${one.nom}"`).pluck().get() as number,
          },
    );
  })();

/** A sentence in both languages. Null: there is none. */
const words = (fr: string | null, en: string | null): JsonText | null =>
  fr === null ? null : new JsonText(JSON.stringify({ fr, en }));

function showList(list: readonly Listed[], run: Invocation): void {
  const { language } = run.settings;
  if (run.json) {
    const objects = list.map((one) => {
      const fields: Readonly<Record<string, Cell>> = {
        name: one.nom,
        kind: one.genre,
        title: words(one.titre_fr, one.titre_en),
        columns: new JsonText(one.colonnes),
        keys: BigInt(one.cles),
        units: new JsonText(one.unites),
        chart: one.graphique,
        rows: BigInt(one.lignes),
        computed: one.date_analyse,
        error: words(one.erreur_fr, one.erreur_en),
        reason: words(one.raison_fr, one.raison_en),
        file: one.fichier,
        line: one.ligne === null ? null : BigInt(one.ligne),
      };
      return jsonObject(Object.keys(fields), Object.values(fields));
    });
    print(`[${objects.join(",\n")}]`);
    return;
  }
  const rows = list.map((one): Cell[] => [
    one.nom,
    one.genre,
    BigInt(one.lignes),
    one.date_analyse ?? "",
    language === "fr" ? one.titre_fr : one.titre_en,
  ]);
  const names = ["name", "kind", "rows", "computed", "title"];
  if (isTerminal()) print(table(names, rows));
  else printPiece(rows.map(listLine).join(""));
  for (const one of list) {
    const problem = problemOf(one, language);
    if (problem !== null) say(`ventes: ${visible(problem)}`, "warning");
  }
  if (isTerminal()) print(run.texts.seeAnalysis(command("analyses ventes_par_mois")));
}

function showResult(
  one: Listed,
  { names, rows }: { readonly names: readonly string[]; readonly rows: readonly Cell[][] },
  csv: boolean,
  run: Invocation,
): void {
  if (run.json) print(`[${rows.map((row) => jsonObject(names, row)).join(",\n")}]`);
  else if (csv) printPiece([names, ...rows].map(csvLine).join(""));
  else if (!isTerminal()) printPiece(rows.map(listLine).join(""));
  else {
    print(bold(visible(run.settings.language === "fr" ? one.titre_fr : one.titre_en)));
    print(table(names, rows));
  }
  const { language } = run.settings;
  const reason = language === "fr" ? one.raison_fr : one.raison_en;
  if (one.date_analyse !== null && reason !== null)
    say(`ventes: ${run.texts.plainAnalysis(one.date_analyse, reason)}`);
  const problem = problemOf(one, language);
  if (problem !== null) say(`ventes: ${visible(run.texts.analysisFailed(problem))}`, "warning");
}
