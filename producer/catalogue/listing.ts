/** The content of a catalogue in any form. References are as the document writes them, not resolved or checked yet. */
import type { CatalogueStatus } from "#shared/contract/status.ts";
import type { SourceRefusal } from "../source/index.ts";

export type Form = NonNullable<CatalogueStatus["form"]>;

/** One listed reference. */
export interface Listed {
  /** A URL, absolute or relative to the document. If `isPath` and the document is on disk, it may be a path. */
  readonly reference: string;
  /** Whether the reference may be a path as people write it. A link in HTML is always a URL. */
  readonly isPath: boolean;
  /** The entity as written in the list; undefined: the header of the file decides. */
  readonly entity: string | undefined;
  /** Options by name as written, with values as they are in the form (text in CSV, any JSON value in JSON). */
  readonly options: Readonly<Record<string, unknown>>;
}

/** A path that is not read, and why. */
export interface RefusedReference {
  readonly reference: string;
  readonly refusal: SourceRefusal;
}

export interface Listing {
  readonly form: Form;
  readonly listed: readonly Listed[];
  readonly refused?: readonly RefusedReference[];
  /** What stands beside the files and is no source: workbooks, folders. It is told, and is no failure. */
  readonly passed?: readonly RefusedReference[];
  /** Names of columns or members that have no meaning in a list. */
  readonly ignored: readonly string[];
  /** The base URL of the references, if the document names one. */
  readonly base?: string;
}

/** Names of the column or member with the address of a file, folded as header names are. */
export const REFERENCE_NAMES: ReadonlySet<string> = new Set([
  "url",
  "path",
  "file",
  "href",
  "link",
  "source",
  "chemin",
  "fichier",
  "lien",
  "adresse",
]);
export const ENTITY_NAMES_OF_LISTS: ReadonlySet<string> = new Set(["entity", "entite"]);

/** The program whose workbook a name is that of; undefined: it is none. */
export const workbookOf = (name: string): string | undefined => {
  const ending = /\.(xls[xmb]?|ods|numbers)$/i.exec(name)?.[1]?.toLowerCase();
  if (ending === undefined) return undefined;
  return ending === "ods" ? "OpenDocument" : ending === "numbers" ? "Numbers" : "Excel";
};

/** Whether a name is that of a data file. Folders and HTML pages list only such files. */
export const isDataFile = (name: string): boolean => /\.(csv|tsv|tab|txt)(\.gz)?$|\.zip$/i.test(name);
