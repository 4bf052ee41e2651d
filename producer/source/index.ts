/** Sources apart from their content: ids, registrations, what a source may reach, and why it is refused. */
export { listOf, parseEntities, parseSourceArgument } from "./argument.ts";
export { BOUNDS, shortened } from "./bounds.ts";
export {
  answered,
  type Choice,
  Decision,
  type Doubt,
  type DoubtCode,
  decisionOf,
  doubtsText,
  MOST_EXAMPLES,
  MOST_ROWS,
  reportOf,
} from "./doubt.ts";
export { heldBack, SourceError, type SourceErrorCode, SourceRefusal, sourceError } from "./error.ts";
export { DEFAULT_ROW_ROOM, excessOf, fitsAnnouncement, fittingReject, roomIn } from "./event-size.ts";
export { asFailure, codeOf, spoolFolder } from "./failure.ts";
export { FILE_SCOPE, otherScope, scopeNamed } from "./id-scope.ts";
export { rememberNamed } from "./named-files.ts";
export {
  entryOfSource,
  isFileSource,
  isLoopback,
  LEAST_REMOTE_MS,
  leastEvery,
  namedSource,
  pathOfSource,
  sourceId,
} from "./reference.ts";
export { acceptedIn, type LastAnnouncement, type RefusedRecord, Registry } from "./registry.ts";
export { type Given, SOURCE_SENTENCES } from "./sentences.ts";
export { shareLinkOf } from "./share-links.ts";
export { followedFolderOf, mayListFolder, type Trust, type Trusted, trustOf } from "./trust.ts";
