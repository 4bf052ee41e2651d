/**
 * What a catalogue lists, whatever its form: references as the document writes them, not resolved, checked or
 * trusted yet.
 */
import type { CatalogueStatus } from "#shared/contract/status.ts";
import type { SourceRefusal } from "../source/index.ts";

export type Form = NonNullable<CatalogueStatus["form"]>;

/** One thing listed. */
export interface Listed {
  /** A URL, absolute or relative to the document; a path where `isPath`. */
  readonly reference: string;
  /** In a document on disk a reference is a path as people write it; a link of HTML is a URL wherever it stands. */
  readonly isPath: boolean;
  /** What the list says it holds, as written; undefined: its header tells. */
  readonly entity: string | undefined;
  /** Options by their names as written, with their values as the form has them. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** One that may not be taken up: a path, and why. */
export interface Unlisted {
  readonly reference: string;
  readonly refusal: SourceRefusal;
}

export interface Listing {
  readonly form: Form;
  readonly listed: readonly Listed[];
  readonly refused?: readonly Unlisted[];
  /** Names of columns or members that mean nothing here. */
  readonly ignored: readonly string[];
  /** What its references are relative to, where the document itself says so. */
  readonly base?: string;
}

/** More entries than this are not a catalogue of a small company, but a mistake or an attack. */
export const MAX_ENTRIES = 10_000;

/** A thousand bytes for each of the most entries. */
export const MAX_DOCUMENT_BYTES = 10 * 1024 ** 2;

/** Names of the column, or member, that says where a file is: folded as headers are. */
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

/** Names under which files of records are published. Of a folder or an index page, all else is left alone. */
export const isDataFile = (name: string): boolean => /\.(csv|tsv|txt)(\.gz)?$|\.zip$/i.test(name);
