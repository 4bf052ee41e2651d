/**
 * Reads the files of the analyses, and tells which analyses have their rows in the table `analyses`: those of the
 * program that are linear in ventes and whose result has one value and at most one key. They are the three of the
 * company's brief, word for word. Every other analysis has a table of its own.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
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

/** The definition as an analysis of the table `analyses`. Undefined: it has a table of its own. */
export function asAnalysis({ nom, sql, linear, unites, livree }: Definition): Analysis | undefined {
  const unite = UNITS.find((unit) => unites.length === 1 && unit === unites[0]);
  if (!livree || linear?.single === undefined || unite === undefined) return undefined;
  return { nom, unite, sql, linear };
}

/**
 * Reads one row of the core's result: the cle, and the sum or the number of its sales, in millionths. Undefined: an
 * analysis without a key has no sale.
 */
export function sumOf(
  { linear }: Analysis,
  row: readonly unknown[],
): readonly [cle: string, millionths: bigint] | undefined {
  const [key, sales, high, low] = row as readonly [unknown, bigint, bigint, bigint];
  if (linear.keyless && sales === 0n) return undefined;
  const cle = Buffer.isBuffer(key) ? "" : String(key);
  return [cle, linear.single === "count" ? sales * 1_000_000n : sumOfHalves(high, low)];
}

/** Reads the .sql files of a folder, in the order of their names. Throws the errors of node:fs for the folder. */
const readFolder = (dir: string, livree: boolean): readonly (Definition | BadFile)[] =>
  readdirSync(dir)
    .filter((file) => file.endsWith(".sql"))
    .sort()
    .map((file) => {
      const fichier = join(dir, file);
      const nom = basename(file, ".sql");
      try {
        return readDefinition({ nom, fichier, text: readFileSync(fichier, "utf8"), livree });
      } catch (error) {
        return unreadable(nom, fichier, error);
      }
    });

/** The program's own analyses: the files beside this one. */
export const SHIPPED: readonly Definition[] = readFolder(import.meta.dirname, true).map((read) => {
  if (isBad(read)) throw new Error(`${read.fichier}: ${read.erreur.en}`);
  return read;
});

/** The program's own analyses whose rows are in the table `analyses`. */
export const ANALYSES: readonly Analysis[] = SHIPPED.flatMap((one) => asAnalysis(one) ?? []);

/** The analyses without a column cle. Each has one row, whose cle is ''; it exists even when there is no sale. */
export const keylessOf = (analyses: readonly Analysis[]): ReadonlySet<Analysis> =>
  new Set(analyses.filter(({ linear }) => linear.keyless));

/**
 * The program's own analyses and those of a folder, which need not exist. A file with the name of one of the program's
 * own is a BadFile, and so is a folder that cannot be read.
 */
export function readAnalyses(dir: string): readonly (Definition | BadFile)[] {
  if (!existsSync(dir)) return SHIPPED;
  const taken = new Set(SHIPPED.map(({ nom }) => nom));
  const own = readOwn(dir).map((read): Definition | BadFile =>
    taken.has(read.nom)
      ? {
          nom: `${read.nom}.sql`,
          fichier: read.fichier,
          ligne: null,
          livree: false,
          erreur: {
            fr: `${read.nom} est une analyse du programme : renommez le fichier`,
            en: `${read.nom} is an analysis of the program: rename the file`,
          },
        }
      : read,
  );
  return [...SHIPPED, ...own];
}

function readOwn(dir: string): readonly (Definition | BadFile)[] {
  try {
    return readFolder(dir, false);
  } catch (error) {
    return [unreadable(basename(dir), dir, error)];
  }
}

/** Changes when a .sql file of the folder is added, changed or removed. */
export function stateOfFolder(dir: string): string {
  try {
    return readdirSync(dir)
      .filter((file) => file.endsWith(".sql"))
      .map((file) => {
        const found = statSync(join(dir, file), { throwIfNoEntry: false });
        return `${file} ${found?.mtimeMs} ${found?.size}`;
      })
      .join("\n");
  } catch (error) {
    return codeOf(error);
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

function unreadable(nom: string, fichier: string, error: unknown): BadFile {
  const code = codeOf(error);
  const erreur = { fr: `illisible (${code})`, en: `cannot be read (${code})` };
  return { nom, fichier, ligne: null, erreur, livree: false };
}
