/** Writes the events of a source, finds them in the topics, and reads them back. */
export { deletedRow, EventWriter } from "./events.ts";
export { idsOf } from "./ids.ts";
export { imageOf } from "./image.ts";
export { readBack } from "./read-back.ts";
export { eventOf, sourceText, topicsOf } from "./source-events.ts";
export { SourceIndex } from "./source-index.ts";
