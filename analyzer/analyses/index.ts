/**
 * The analyses: each a file NAME.sql beside this one, the mission's SQL word for word under a header that says
 * its unit. Its result columns are [cle,] valeur. It must be linear in ventes: SUM and COUNT, joins to parents,
 * WHERE, GROUP BY, so that it can be kept from the rows that changed.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

export const UNITS = ["montant", "quantité"] as const;
export type Unit = (typeof UNITS)[number];

export interface Analysis {
  readonly nom: string;
  readonly unite: Unit;
  /** One SELECT, without the header and without its semicolon. */
  readonly sql: string;
}

const FILE = /^-- unite: (?<unite>\S+)\n(?<sql>[^;]+);\s*$/;

export function parseAnalysis(nom: string, text: string): Analysis {
  const parts = FILE.exec(text.normalize("NFC"))?.groups;
  const unite = UNITS.find((u) => u === parts?.unite);
  if (parts?.sql === undefined || unite === undefined)
    throw new Error(`${nom}.sql must be "-- unite: ${UNITS.join("|")}" and one SELECT that ends in ";"`);
  return { nom, unite, sql: parts.sql };
}

/** The mission's three, in the order of their names. */
export const ANALYSES: readonly Analysis[] = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(".sql"))
  .sort()
  .map((file) =>
    parseAnalysis(basename(file, ".sql"), readFileSync(join(import.meta.dirname, file), "utf8")),
  );

/**
 * Whether the SQL names this table or column, or may: errs on the side of yes. (An identifier cannot be
 * written in SQL without its letters, except by "*" and NATURAL; COUNT(*) reads no column.)
 */
export function mentions(sql: string, name: string, kind: "table" | "column"): boolean {
  const text = sql.toLowerCase();
  if (text.includes(name.toLowerCase())) return true;
  return (
    kind === "column" && (/\bnatural\b/.test(text) || text.replace(/count\s*\(\s*\*\s*\)/g, "").includes("*"))
  );
}
