/** The events of a source in the topics: written, found, read back. */
export { EventWriter, goneRow } from "./events.ts";
export { eventOf, idsOf, imageOf, readBack, sourceMark, topicsOf } from "./read-back.ts";
export { Whereabouts } from "./source-index.ts";
