/**
 * The ways to decide about sales that have the same ids: others, lines of a document, or one sale for each id (rules
 * 5, 6).
 */
import type { ChoiceEffect } from "#shared/contract/doubt.ts";
import { ventes } from "#shared/contract/entities/index.ts";
import { type Choice, FILE_SCOPE, otherScope } from "../source/index.ts";
import type { OpenedVersion } from "./opened-version.ts";

/** A version with sales has been published, so a change of their ids must be asked for. */
const isPublished = ({ before }: OpenedVersion): boolean => before?.identity != null;

/** `sources add` with these options, for the version's source; of the first version of an entry, for its catalogue. */
function reread(
  opened: OpenedVersion,
  options: readonly string[],
  applied = isPublished(opened),
): Pick<Choice, "options" | "commands"> {
  const { catalogue } = opened.registration;
  if (applied) return { options: [...options, "--rekey"] };
  // What was published keeps its ids, whatever its catalogue says from now on.
  if (catalogue !== undefined)
    return { commands: [["sources", "add", "--catalogue", catalogue, ...options]] };
  return { options };
}

/** So many of the doubt's rows, which are all of them, count once more. */
export const countingAgain = (adds: number): ChoiceEffect => ({
  entity: ventes.name,
  deletes: 0,
  adds,
  changes: 0,
  ...(adds === 0 ? { coming: [] } : { again: true }),
});

/** The field of the ids, if it is one field. */
export const fieldOfIds = ({ version }: OpenedVersion): string | undefined => {
  const { known } = version;
  const at = known.places[ventes.key];
  return typeof at === "number" ? known.header[at] : undefined;
};

/** The choice that the ids are numbers of documents. `applied`: the version is published. */
export const asDocuments = (opened: OpenedVersion, applied = isPublished(opened)): readonly Choice[] => {
  const field = fieldOfIds(opened);
  if (field === undefined) return [];
  return [{ code: "documents", ...reread(opened, ["--map", `numero_document=${field}`], applied) }];
};

/**
 * The choice that they are others. `repeats`: how many sales of the database then count once more. `applied`: the version
 * is published, and the choice undoes it.
 */
export function asOthers(opened: OpenedVersion, repeats?: number, applied = isPublished(opened)): Choice {
  const { source, catalogue, idScope } = opened.registration;
  const counted = repeats === undefined ? {} : { effect: countingAgain(repeats) };
  // A scope that all entries of the catalogue have, by their files.
  if (catalogue !== undefined && idScope === undefined && !applied)
    return { code: "otherNumbersOfAll", ...reread(opened, ["--id-scope", FILE_SCOPE]), ...counted };
  const rekey = applied ? ["--rekey"] : [];
  return {
    code: "otherNumbers",
    options: ["--id-scope", otherScope(idScope, source), ...rekey],
    ...counted,
  };
}

/**
 * The choice that each id is one sale: of an entry, in all files of its catalogue. `lastSaid`: the sales differ;
 * `equalOnce`: not.
 */
export function asOneSale(
  { registration: { catalogue } }: OpenedVersion,
  decision: string,
  code: "lastSaid" | "equalOnce",
): Choice {
  const counted = code === "equalOnce" ? { effect: countingAgain(0) } : {};
  return catalogue === undefined
    ? { code, ...counted }
    : { code: `${code}OfAll`, commands: [["sources", "confirm", catalogue, decision]], ...counted };
}
