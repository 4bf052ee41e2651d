/** Files of analyses of one's own: `ventes query --save` and the page write them, the page deletes them. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as Effect from "effect/Effect";
import { onFileWhenFree } from "#shared/database/attempt.ts";
import { ventesReaderOf } from "#shared/database/ventes-db.ts";
import { analysesFolder } from "#shared/runtime/settings.ts";
import { readAnalyses, SHIPPED } from "../../analyzer/analyses/analyses.ts";
import { isBad, isReserved, readDefinition } from "../../analyzer/analyses/definition.ts";
import { Failed, WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";

export interface NewAnalysis {
  /** The name of the file, without its ending. */
  readonly nom: string;
  readonly sql: string;
  /** The lines `-- key: value` above the SELECT. */
  readonly header: Readonly<Record<string, string>>;
}

type Run = Pick<Invocation, "texts" | "settings">;

/**
 * Writes NAME.sql into the folder of the analyses of a data directory, which is made if it is missing; never over another file.
 * Returns its path.
 */
export function saveAnalysis(
  data: string,
  { nom, sql, header }: NewAnalysis,
  { texts, settings }: Run,
): Effect.Effect<string, WrongUsage | Failed> {
  const fichier = join(analysesFolder({ analyses: settings.analyses, data }), `${nom}.sql`);
  // A header is one line, so its value must not hold a line end.
  const lines = Object.entries(header).map(
    ([key, value]) => `-- ${key}: ${value.replaceAll(/\s+/g, " ").trim()}\n`,
  );
  const text = `${lines.join("")}${sql.trim().replace(/;$/, "")};\n`;
  const read = readDefinition({ nom, fichier, text, livree: false });
  if (isBad(read)) return new WrongUsage({ message: texts.notAnAnalysis(read.erreur[settings.language]) });
  if (SHIPPED.some((one) => one.nom === nom)) return new Failed({ message: texts.shippedAnalysis(nom) });
  return isTaken(data, nom).pipe(
    Effect.flatMap(
      (taken): Effect.Effect<void, Failed> =>
        taken ? new Failed({ message: texts.takenName(nom) }) : write(fichier, text, texts),
    ),
    Effect.as(fichier),
  );
}

/** Whether the database has a table or view of this name that is not that of an analysis. */
const isTaken = (data: string, nom: string): Effect.Effect<boolean, Failed> =>
  Effect.scoped(
    Effect.flatMap(ventesReaderOf(data), (db) =>
      onFileWhenFree(db.name, () => db.prepare(TAKEN).pluck().get({ nom }) === 1),
    ),
  ).pipe(
    Effect.catch((error) =>
      error.reason === "missing" ? Effect.succeed(false) : new Failed({ message: error.message }),
    ),
  );

const TAKEN = `
  SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = @nom COLLATE NOCASE)
    AND NOT EXISTS (SELECT 1 FROM analyses_liste WHERE nom = @nom AND colonnes <> '[]')`;

/** Writes a new file of a folder, which is made if it is missing. */
export const write = (fichier: string, text: string, texts: Run["texts"]): Effect.Effect<void, Failed> =>
  Effect.try({
    try: () => {
      mkdirSync(dirname(fichier), { recursive: true });
      writeFileSync(fichier, text, { flag: "wx" });
    },
    catch: (error) => {
      const { code, syscall, message } = error as NodeJS.ErrnoException;
      const isThere = code === "EEXIST" && syscall === "open";
      return new Failed({
        message: isThere ? texts.analysisExists(fichier) : texts.notWritten(fichier, message),
      });
    },
  });

/** Deletes the file of an analysis of one's own; undefined: there is none of this name. Returns its path and its text. */
export const discardAnalysis = (
  folder: string,
  nom: string,
  { texts }: Run,
): Effect.Effect<{ readonly fichier: string; readonly text: string } | undefined, Failed> => {
  // Its path comes from the list of the folder, never from a request.
  const fichier = readAnalyses(folder).find((one) => !one.livree && one.nom === nom)?.fichier;
  if (fichier === undefined) return Effect.succeed(undefined);
  return Effect.try({
    try: () => {
      const text = readFileSync(fichier, "utf8");
      rmSync(fichier);
      return { fichier, text };
    },
    catch: (error) => new Failed({ message: texts.notWritten(fichier, (error as Error).message) }),
  });
};

/** The longest name of an analysis that is made of a title: a number may follow. */
const LONGEST = 50;

/** A name for the file of an analysis, made of its title: `Ventes d'été` is `ventes_d_ete`. */
export function nameOf(title: string): string {
  const plain = title
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .slice(0, LONGEST)
    .replaceAll(/^_+|_+$/g, "");
  return /^[a-z]/.test(plain) && !isReserved(plain) ? plain : `requete_${plain}`.replace(/_$/, "");
}
