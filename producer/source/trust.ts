/**
 * What a source may reach depends on who named it (invariant 10). A source that an operator named may be private. An
 * entry of a catalogue has the same trust only on the catalogue's origin, or, for a local catalogue, in its folder; and it
 * may be at a private address only where the catalogue was when the operator named it. Any other entry must be at a public
 * address, or a file under VENTES_FILES.
 */
import { realpathSync, statSync } from "node:fs";
import { isIP } from "node:net";
import { dirname, resolve, sep } from "node:path";
import type { Catalogue, Registration } from "#shared/contract/source-records.ts";
import type { SettingsShape } from "#shared/runtime/settings.ts";
import { isNamedHere } from "./named-files.ts";
import { isFileSource, isLoopback, pathOfSource } from "./reference.ts";

export interface Trust {
  readonly trusted: Trusted;
  /** Only a topic names the source, no operator of this machine: a file must be under VENTES_FILES. */
  readonly throughTopic: boolean;
  /** The followed folder in which the file was found. No link may lead out of it. null: there is none. */
  readonly within: string | null;
}

type Named = Pick<Registration, "source" | "catalogue" | "discovered">;

const DISCOVERED: Trust = { trusted: "discovered", throughTopic: true, within: null };

/** What a registered source may reach. `listing`: the registration of its catalogue, if it has one. */
export function trustOf(
  { data }: Pick<SettingsShape, "data">,
  named: Named,
  listing?: Pick<Catalogue, "private">,
): Trust {
  const { source, catalogue, discovered } = named;
  if (discovered === true) return DISCOVERED;
  const isFile = isFileSource(source);
  const within = followedFolderOf(named);
  const byOperator = (throughTopic: boolean): Trust => ({ trusted: "operator", throughTopic, within });
  if (catalogue === undefined) return byOperator(!(isFile && isNamedHere(data, source)));
  if (!isFile)
    return !isFileSource(catalogue) &&
      new URL(source).origin === new URL(catalogue).origin &&
      (listing?.private === true || isFixed(catalogue))
      ? byOperator(true)
      : DISCOVERED;
  if (!isFileSource(catalogue)) return DISCOVERED;
  return byOperator(!(isNamedHere(data, catalogue) && isWithin(pathOfSource(source), folderOf(catalogue))));
}

/** Whether the host of a URL is an address or this machine, so that nobody can give it another address. */
const isFixed = (url: string): boolean =>
  isLoopback(url) || isIP(new URL(url).hostname.replace(/^\[(.*)\]$/, "$1")) !== 0;

/** The followed folder (a catalogue) that holds the source; null: the source is in none. */
export const followedFolderOf = ({
  source,
  catalogue,
}: Pick<Named, "source" | "catalogue">): string | null => {
  if (catalogue === undefined || !isFileSource(source) || !isFileSource(catalogue)) return null;
  const folder = pathOfSource(catalogue);
  return dirname(pathOfSource(source)) === resolve(folder) ? folder : null;
};

/** Whether the producer may list a folder: under the same conditions as it may read a file in it. */
export const mayListFolder = ({ data, files, kafka }: SettingsShape, catalogue: string): boolean =>
  kafka === null ||
  isNamedHere(data, catalogue) ||
  (files !== null && (isWithin(pathOfSource(catalogue), files) || isSame(pathOfSource(catalogue), files)));

/** The folder of a local catalogue: the catalogue itself, or the folder that holds the list. */
function folderOf(catalogue: string): string {
  const path = pathOfSource(catalogue);
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? path : dirname(path);
}

/** Compares the real paths, after links. A path that does not exist is in no folder. */
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
 * What a request may reach (invariant 10). `operator`: an operator named the source; its address may be private, and
 * redirects may lead to its own origin or to public addresses. `discovered`: a document or an HTTP request named it;
 * only public addresses, the first one included.
 */
export type Trusted = "operator" | "discovered";
