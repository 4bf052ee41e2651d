/**
 * An analysis as its file says it: NAME.sql, one SELECT under a header of comments. A file that is wrong is reported
 * with its line, and the others go on.
 */
import { parseStmt } from "sqlite3-parser";
import { isLinear, type Linear, linearOf } from "./query/linear.ts";
import type { Words } from "./query/not-linear.ts";

/** The unit of the values of a column. */
export const UNITS = ["montant", "quantité", "nombre", "pourcentage", "jour", "texte"] as const;
export type Unit = (typeof UNITS)[number];

/** How the result is shown. */
export const CHARTS = ["courbe", "barres", "tableau", "chiffre"] as const;
export type Chart = (typeof CHARTS)[number];

export interface Definition {
  /** The name of its file, of its rows in `analyses`, and of its view. */
  readonly nom: string;
  readonly titre: Words;
  /**
   * Of the last columns of the result, which are its values; the columns before them are its keys. Empty: not given.
   */
  readonly unites: readonly Unit[];
  readonly graphique: Chart;
  /** One SELECT, without comments and without its semicolon. */
  readonly sql: string;
  /** How it is kept by delta; undefined: it is plain, run again after changes, and `raison` says why. */
  readonly linear: Linear | undefined;
  readonly raison: Words | undefined;
  readonly fichier: string;
  /** The line of the file where the SELECT begins, from 1. */
  readonly ligne: number;
  /** It is one of the program's own. */
  readonly livree: boolean;
}

/** A file that is no analysis. */
export interface BadFile {
  readonly nom: string;
  readonly fichier: string;
  /** From 1; null: no line of the file is to blame. */
  readonly ligne: number | null;
  readonly erreur: Words;
  readonly livree: boolean;
}

interface AnalysisFile {
  readonly nom: string;
  readonly fichier: string;
  readonly text: string;
  readonly livree: boolean;
}

export const isBad = (read: Definition | BadFile): read is BadFile => "erreur" in read;

const NAME = /^[a-z][a-z0-9_]{0,59}$/;
/** SQLite makes no table or view of such a name. */
export const isReserved = (nom: string): boolean => nom.startsWith("sqlite_");
const HEADER_LINE = /^--\s*(titre|title|unite|graphique)\s*:\s*(.*)$/;
const COMMENT_OR_QUOTED = /'(?:[^']|'')*'?|"(?:[^"]|"")*"?|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;

/** A file that is wrong is answered as BadFile, not thrown. */
export function readDefinition({ nom, fichier, text, livree }: AnalysisFile): Definition | BadFile {
  const bad = (ligne: number | null, fr: string, en: string): BadFile => ({
    nom,
    fichier,
    ligne,
    livree,
    erreur: { fr, en },
  });
  if (!NAME.test(nom))
    return bad(
      null,
      "renommez le fichier : minuscules sans accent, chiffres et _, une lettre d'abord (ventes_par_mois.sql)",
      "rename the file: lower-case letters, digits and _, a letter first (ventes_par_mois.sql)",
    );
  if (isReserved(nom))
    return bad(
      null,
      "renommez le fichier : SQLite se réserve les noms qui commencent par sqlite_",
      "rename the file: names that begin with sqlite_ are reserved to SQLite",
    );
  const normal = text
    .normalize("NFC")
    .replace(/^\ufeff/, "")
    .replaceAll("\r\n", "\n");
  const header = headerOf(normal);
  if ("ligne" in header) return bad(header.ligne, header.fr, header.en);
  const sql = withoutComments(normal);
  const trimmed = withoutEnd(sql);
  const start = trimmed.length - trimmed.trimStart().length;
  const parsed = parseStmt(trimmed);
  if (trimmed.trim() === "")
    return bad(null, "le fichier est vide : écrivez un SELECT", "the file is empty: write one SELECT");
  if (parsed.status === "error") {
    const [error] = parsed.errors;
    const hint = error?.hints?.[0]?.message;
    const said = `${error?.message ?? "syntax error"}${hint === undefined ? "" : ` (${hint})`}`;
    return bad(
      error?.span.line ?? null,
      `${said} ; un fichier contient un seul SELECT`,
      `${said}; a file holds one SELECT`,
    );
  }
  if (parsed.root.type !== "SelectStmt")
    return bad(
      lineAt(trimmed, start),
      "une analyse est un SELECT : elle lit, elle n'écrit pas",
      "an analysis is a SELECT: it reads and does not write",
    );
  const made = linearOf(trimmed, parsed.root.body);
  return {
    nom,
    fichier,
    livree,
    sql: trimmed.trim(),
    ligne: lineAt(trimmed, start),
    titre: { fr: header.titre ?? header.title ?? nom, en: header.title ?? header.titre ?? nom },
    unites: header.unites,
    graphique: header.graphique,
    linear: isLinear(made) ? made : undefined,
    raison: isLinear(made) ? undefined : made,
  };
}

interface Header {
  readonly titre: string | undefined;
  readonly title: string | undefined;
  readonly unites: readonly Unit[];
  readonly graphique: Chart;
}

/** The comments of the form `-- key: value` above the SELECT, the first one of a key. Other comments are for the reader of the file. */
function headerOf(text: string): Header | ({ readonly ligne: number } & Words) {
  const found = new Map<string, { readonly value: string; readonly ligne: number }>();
  for (const [i, line] of text.split("\n").entries()) {
    if (line.trim() !== "" && !line.trim().startsWith("--")) break;
    const [, key = "", value = ""] = HEADER_LINE.exec(line.trim()) ?? [];
    if (key !== "" && !found.has(key)) found.set(key, { value, ligne: i + 1 });
  }
  const units = found.get("unite");
  const named = units === undefined ? [] : units.value.split(",").map((unit) => unit.trim());
  const unites = named.map((name) => UNITS.find((unit) => unit === name));
  if (unites.includes(undefined))
    return {
      ligne: units?.ligne ?? 1,
      fr: `unite « ${units?.value} » : une unité par colonne de valeur, parmi ${UNITS.join(", ")}`,
      en: `unite "${units?.value}": one unit for each value column, of ${UNITS.join(", ")}`,
    };
  const chart = found.get("graphique");
  const graphique = CHARTS.find((one) => one === (chart?.value ?? "tableau"));
  if (graphique === undefined)
    return {
      ligne: chart?.ligne ?? 1,
      fr: `graphique « ${chart?.value} » : écrivez ${CHARTS.join(", ")}`,
      en: `graphique "${chart?.value}": write one of ${CHARTS.join(", ")}`,
    };
  return {
    titre: found.get("titre")?.value,
    title: found.get("title")?.value,
    unites: unites as readonly Unit[],
    graphique,
  };
}

/** The text with spaces in the place of its comments, so that every part stays where it stands. */
const withoutComments = (text: string): string =>
  text.replace(COMMENT_OR_QUOTED, (part) =>
    part.startsWith("--") || part.startsWith("/*") ? part.replace(/[^\n]/g, " ") : part,
  );

/** Without the spaces and semicolons at its end. A regular expression would try again at each space of a long comment. */
function withoutEnd(sql: string): string {
  let end = sql.length;
  while (end > 0 && /[\s;]/.test(sql.charAt(end - 1))) end--;
  return sql.slice(0, end);
}

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split("\n").length;
