/** The events of a source in the topics: written, found, read back. */
export { EventWriter, goneRow } from "./events.ts";
export { idsOf } from "./ids.ts";
export { imageOf } from "./image.ts";
export { readBack } from "./read-back.ts";
export { eventOf, sourceMark, topicsOf } from "./source-events.ts";
export { Whereabouts } from "./source-index.ts";
