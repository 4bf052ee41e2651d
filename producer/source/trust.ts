/**
 * What a source may reach, by who named it (invariant 10). What an operator named may be private. What a catalogue
 * lists has its trust only as far as the operator's own naming goes: on the catalogue's origin, which a redirect of
 * it may lead to as well, and, for a local catalogue, on this machine's disk. All else that is discovered is public,
 * or a file under VENTES_FILES.
 */
import { realpathSync, statSync } from "node:fs";
import { dirname, resolve, sep } from "node:path";
import type { Registration } from "#shared/contract/source-records.ts";
import type { SettingsShape } from "#shared/runtime/settings.ts";
import { isNamedHere } from "./named-files.ts";
import { isFileSource, pathOfSource } from "./reference.ts";

export interface Trust {
  readonly trusted: Trusted;
  /** A file must be under VENTES_FILES, where it is not this machine's operator who named it. */
  readonly throughTopic: boolean;
  /** The followed folder that it was found in, which no link leads out of, whoever named it; null: none. */
  readonly within: string | null;
}

type Named = Pick<Registration, "source" | "catalogue" | "discovered">;

const DISCOVERED: Trust = { trusted: "discovered", throughTopic: true, within: null };

export function trustOf({ data }: Pick<SettingsShape, "data">, named: Named): Trust {
  const { source, catalogue, discovered } = named;
  if (discovered === true) return DISCOVERED;
  const isFile = isFileSource(source);
  const within = followedFolderOf(named);
  const byOperator = (throughTopic: boolean): Trust => ({ trusted: "operator", throughTopic, within });
  if (catalogue === undefined) return byOperator(!(isFile && isNamedHere(data, source)));
  if (!isFile)
    return !isFileSource(catalogue) && new URL(source).origin === new URL(catalogue).origin
      ? byOperator(true)
      : DISCOVERED;
  if (!isFileSource(catalogue)) return DISCOVERED;
  return byOperator(!(isNamedHere(data, catalogue) && isWithin(pathOfSource(source), folderOf(catalogue))));
}

/** The folder, followed as a catalogue, that a source was found in; null: none. A path below a list is no path. */
export const followedFolderOf = ({
  source,
  catalogue,
}: Pick<Named, "source" | "catalogue">): string | null => {
  if (catalogue === undefined || !isFileSource(source) || !isFileSource(catalogue)) return null;
  const folder = pathOfSource(catalogue);
  return dirname(pathOfSource(source)) === resolve(folder) ? folder : null;
};

/** Whether a folder may be listed: as a file of it may be read. */
export const mayListFolder = ({ data, files, kafka }: SettingsShape, catalogue: string): boolean =>
  kafka === null ||
  isNamedHere(data, catalogue) ||
  (files !== null && (isWithin(pathOfSource(catalogue), files) || isSame(pathOfSource(catalogue), files)));

/** The folder that a local catalogue is, or lies in. */
function folderOf(catalogue: string): string {
  const path = pathOfSource(catalogue);
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? path : dirname(path);
}

/** Links are followed before they are compared; what does not exist is nowhere. */
const compared = (path: string, folder: string, is: (real: string, root: string) => boolean): boolean => {
  try {
    return is(realpathSync(path), realpathSync(folder));
  } catch {
    return false;
  }
};
const isWithin = (path: string, folder: string): boolean =>
  compared(path, folder, (real, root) => real.startsWith(root.endsWith(sep) ? root : root + sep));
const isSame = (path: string, folder: string): boolean =>
  compared(path, folder, (real, root) => real === root);
/**
 * What a request may reach (invariant 10). `operator`: an operator named it; it may be private, and redirects lead to
 * its own origin or to public addresses. `discovered`: found in a document or named through HTTP; public addresses
 * only, from the first on.
 */
export type Trusted = "operator" | "discovered";
