/**
 * The analyses whose rows are in the table `analyses`: each is [cle,] valeur, and linear in ventes. The three of the
 * company's brief are among them, word for word. definition.ts reads their files; others have tables of their own.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type BadFile, type Definition, isBad, readDefinition } from "./definition.ts";
import type { Linear } from "./query/linear.ts";
import { sumOfHalves } from "./query/measures.ts";

const UNITS = ["montant", "quantité"] as const;

export interface Analysis {
  /** The name of its file, and of its rows in `analyses`. */
  readonly nom: string;
  readonly unite: (typeof UNITS)[number];
  /** One SELECT, without comments and without its semicolon. */
  readonly sql: string;
  readonly linear: Linear;
}

/** The definition as an analysis of the table `analyses`; undefined: it has several keys or values, or another unit. */
export function asAnalysis({ nom, sql, linear, unites }: Definition): Analysis | undefined {
  const unite = UNITS.find((unit) => unites.length === 1 && unit === unites[0]);
  if (linear?.single === undefined || unite === undefined) return undefined;
  return { nom, unite, sql, linear };
}

/** Parses the text of a file NAME.sql. Throws an Error when it is none of the table `analyses`. */
export function parseAnalysis(nom: string, text: string): Analysis {
  const read = readDefinition({ nom, fichier: `${nom}.sql`, text, livree: true });
  if (isBad(read)) throw new Error(`${nom}.sql: ${read.erreur.en}`);
  const analysis = asAnalysis(read);
  if (analysis === undefined) throw new Error(`${nom}.sql: ${read.raison?.en ?? "several keys or values"}`);
  return analysis;
}

/** One row of the core's result: the cle, and what its sales sum to in millionths; undefined: there are none. */
export function sumOf(
  { linear }: Analysis,
  row: readonly unknown[],
): readonly [cle: string, millionths: bigint] | undefined {
  const [key, sales, high, low] = row as readonly [unknown, bigint, bigint, bigint];
  if (linear.keyless && sales === 0n) return undefined;
  const cle = Buffer.isBuffer(key) ? "" : String(key);
  return [cle, linear.single === "count" ? sales * 1_000_000n : sumOfHalves(high, low)];
}

/** What the .sql files of a folder say, in the order of their names. Throws the errors of node:fs. */
export const readFolder = (dir: string, livree: boolean): readonly (Definition | BadFile)[] =>
  readdirSync(dir)
    .filter((file) => file.endsWith(".sql"))
    .sort()
    .map((file) => {
      const fichier = join(dir, file);
      return readDefinition({
        nom: basename(file, ".sql"),
        fichier,
        text: readFileSync(fichier, "utf8"),
        livree,
      });
    });

/** The program's own analyses: the files beside this one. */
export const SHIPPED: readonly Definition[] = readFolder(import.meta.dirname, true).map((read) => {
  if (isBad(read)) throw new Error(`${read.fichier}: ${read.erreur.en}`);
  return read;
});

/** Those of them whose rows are in the table `analyses`. */
export const ANALYSES: readonly Analysis[] = SHIPPED.flatMap((one) => asAnalysis(one) ?? []);

/** The analyses without a column cle. Each has one row, whose cle is ''; it exists even when there is no sale. */
export const keylessOf = (analyses: readonly Analysis[]): ReadonlySet<Analysis> =>
  new Set(analyses.filter(({ linear }) => linear.keyless));
