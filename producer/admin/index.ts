/** The commands of operators on sources and catalogues: inspect, add, list, confirm, move, remove. */

export { newCatalogueStatus, sourceOptions } from "../catalogue/index.ts";
export { noteSentence, READING_NOTES, type ReadingNoteCode } from "../csv/index.ts";
export { flagsOf } from "../rows/index.ts";
export {
  leastEvery,
  namedSource,
  parseEntities,
  parseSourceArgument,
  Registry,
  SourceError,
  SourceRefusal,
  sourceError,
  sourceId,
} from "../source/index.ts";
export type { RekeyListener } from "../sync/index.ts";
export { type Defect, RefusedStatuses, racesFound, withAttention } from "../sync/index.ts";
export { parseReadingFlags } from "../version/index.ts";
export {
  type CatalogueInspection,
  catalogueId,
  inspectCatalogue,
  type ListedCatalogue,
  listedCatalogues,
  type RegisterCatalogueOptions,
  registerCatalogue,
  removeCatalogue,
} from "./catalogues.ts";
export { confirmCatalogue, confirmSource, namedDoubts, revokeDecisions } from "./confirm.ts";
export { type HandPrice, publishHandPrices } from "./hand-prices.ts";
export { type Inspection, inspectSource } from "./inspect.ts";
export { findNamed, isAnythingRegistered, type ListedSource, listedSources } from "./list.ts";
export { moveSource } from "./move.ts";
export { checkedName, LONGEST_NAME, nameSource } from "./name.ts";
export { type RegisterOptions, registerSource } from "./register.ts";
export { type RekeyDryRun, rekeyDryRun } from "./rekey-dry-run.ts";
export { type Removed, removeAllInvalid, removeEntry, removeInvalid, removeSource } from "./remove.ts";
export { askReread } from "./reread.ts";
export { restoreSource } from "./restore.ts";
export { followSourcesFile, registerSourcesFile, type SourcesFileListener } from "./sources-file.ts";
