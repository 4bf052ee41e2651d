/**
 * The analyses: each is a file NAME.sql beside this one. It holds the SQL of the company's brief word for word, under
 * a line that says its unit. The SQL is one SELECT with the columns [cle,] valeur. It must be linear in ventes (SUM
 * and COUNT, joins to parents, WHERE, GROUP BY): a refresh computes it from the rows that changed alone.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Sqlite } from "#shared/database/sqlite.ts";

const UNITS = ["montant", "quantité"] as const;

export interface Analysis {
  /** The name of its file, and of its rows in `analyses`. */
  readonly nom: string;
  readonly unite: (typeof UNITS)[number];
  /** One SELECT, without the line of its unit and without its semicolon. */
  readonly sql: string;
}

const FILE = /^-- unite: (?<unite>\S+)\n(?<sql>[^;]+);\s*$/;

/** Parses the text of a file NAME.sql. Throws an Error when the text does not have this form. */
export function parseAnalysis(nom: string, text: string): Analysis {
  const parts = FILE.exec(text.normalize("NFC"))?.groups;
  const unite = UNITS.find((u) => u === parts?.unite);
  if (parts?.sql === undefined || unite === undefined)
    throw new Error(`${nom}.sql must be "-- unite: ${UNITS.join("|")}" and one SELECT that ends in ";"`);
  return { nom, unite, sql: parts.sql };
}

/** All analyses of this folder, in the order of their names. */
export const ANALYSES: readonly Analysis[] = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(".sql"))
  .sort()
  .map((file) =>
    parseAnalysis(basename(file, ".sql"), readFileSync(join(import.meta.dirname, file), "utf8")),
  );

/** The analyses without a column cle. Each has one row, whose cle is ''; it exists even when there is no sale. */
export const keylessOf = (db: Sqlite, analyses: readonly Analysis[]): ReadonlySet<Analysis> =>
  new Set(analyses.filter(({ sql }) => db.prepare(sql).columns().length === 1));
